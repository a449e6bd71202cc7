import { expect, test } from 'vitest';
import { recordText, readRecord } from '../../../src/cluster/record/text.js';
import type { ClusterRecord } from '../../../src/model/record.js';
import { clusterRecord, clusterRecordKind } from '../../../src/resources/index.js';
import { fakeApi, fakeTools } from '../../cluster/fakes.js';

const record: ClusterRecord = {
  version: 1,
  kinit: '1.2.3',
  kubernetes: '1.36.3',
  options: { 'network.podCIDR': '10.244.0.0/16', 'apiServer.endpoint': null },
  decisions: { proxyMode: 'nftables', 'flannel.nftables': false },
  nodes: { n1: { address: '10.0.0.1', controlPlane: true, machineId: 'm1' } },
  datastore: { kind: 'etcd', members: { n1: '10.0.0.1' } },
  addOns: { dns: ['Deployment kube-system/coredns'] },
  moves: [],
};
const wanted = clusterRecord(record);

test('nothing to do: the record is there as it is wanted, with the id of the cluster', () => {
  expect(clusterRecordKind.diff(wanted, { record: { ...record, clusterId: 'uid' } })).toEqual({
    changed: false,
    reason: 'the record of the cluster is as wanted',
  });
});

test('a cluster without one gets one; a changed one shows what differs', () => {
  expect(clusterRecordKind.diff(wanted, {})).toMatchObject({ changed: true, change: { action: 'create' } });
  const before = { ...record, kubernetes: '1.36.2', clusterId: 'uid' };
  const difference = clusterRecordKind.diff(wanted, { record: before });
  expect(difference).toMatchObject({ changed: true, change: { action: 'update' } });
  expect(JSON.stringify(difference)).toContain('+kubernetes: 1.36.3');
});

test('it is written with the uid of kube-system, and read back as it was', async () => {
  const api = fakeApi([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'the-uid' } }]);
  const tools = fakeTools({ api });
  for (const step of clusterRecordKind.apply(wanted, {})) if (step.do === 'call') await step.run(tools);
  const written = api.objects.get('ConfigMap kube-system/kinit');
  const { 'record.yaml': text = '' } = written?.['data'] as Record<string, string>;
  expect(readRecord(text, 'x', 'n1')).toEqual({ ...record, clusterId: 'the-uid' });
});

test('a record that cannot be read is an error that says so, never no record', () => {
  const fault = (text: string): string => {
    try {
      readRecord(text, 'ConfigMap kube-system/kinit', 'n1');
    } catch (error) {
      const { context, message } = error as {
        context: { class: string; found: string; hint: string };
        message: string;
      };
      return `${context.class} ${message} ${context.found} ${context.hint}`;
    }
    return 'read';
  };
  expect(fault(recordText(record))).toBe('read');
  expect(fault(recordText({ ...record, version: 2 as 1 }))).toMatch(
    /^refused .*layout 2; this kinit knows 1 A later kinit/,
  );
  expect(fault('nodes: [')).toMatch(/^refused .*cannot be read: ConfigMap kube-system\/kinit/);
  expect(fault('version: 1\n')).toContain('kubernetes: ');
});
