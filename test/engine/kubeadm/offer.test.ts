import { expect, test } from 'vitest';
import type { RunningCluster } from '../../../src/engine/api/with-cluster.js';
import { offerControlPlane } from '../../../src/engine/kubeadm/offer.js';
import { recordText } from '../../../src/cluster/record/text.js';
import { RECORD, RECORD_VERSION, type ClusterRecord } from '../../../src/model/record.js';
import { failure, fakeApi, fakeHost } from '../../cluster/fakes.js';
import { makeSpec } from '../../pki/context.js';

const ALL = ['ca', 'front-proxy-ca', 'etcd/ca'].flatMap((name) => [`${name}.crt`, `${name}.key`]);
const pkiOf = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries([...names, 'sa.key', 'sa.pub'].map((name) => [`/etc/kubernetes/pki/${name}`, '']));

/** A cluster that refuses whatever would change it. */
function cluster(pki: Record<string, string>, api = fakeApi()): RunningCluster {
  const refuse = (): never => {
    throw new Error('not expected');
  };
  return {
    ...{ api, leader: fakeHost(), connect: refuse, endpoint: '10.77.0.11:6443', caPem: '', signs: true },
    ...{ certificates: [], pki, adminKubeconfig: refuse },
  };
}

const refusal = async (spec: Record<string, unknown>, of: RunningCluster): Promise<string> => {
  const { context } = await failure(offerControlPlane(of, makeSpec(spec), { ttlSeconds: 60 }));
  expect(context.class).toBe('refused');
  return context.found ?? '';
};

test.each([
  [{ controlPlane: { mode: 'embedded' } }, 'kubeadm joins no control plane to'],
  [{ datastore: 'postgresql' }, 'to a cluster with'],
])('a form or a datastore that kubeadm knows nothing of is refused: %j', async (spec, found) => {
  expect(await refusal({ datastore: 'etcd', ...spec }, cluster(pkiOf(ALL)))).toContain(found);
});

test('keys that are elsewhere are named', async () => {
  const of = cluster(pkiOf(ALL.filter((name) => name !== 'front-proxy-ca.key')));
  expect(await refusal({ datastore: 'etcd' }, of)).toMatch(/not on worker-1: \S+front-proxy-ca\.key$/);
});

test('while something is replaced, or another version comes, no host is let in', async () => {
  const replaced = cluster(pkiOf([...ALL, 'ca-next.crt']));
  expect(await refusal({ datastore: 'etcd' }, replaced)).toContain('is being replaced');
  const record: ClusterRecord = {
    version: RECORD_VERSION,
    ...{ kinit: '0', kubernetes: '1.35.4', options: {}, decisions: {}, nodes: {}, addOns: {} },
    datastore: { kind: 'etcd', members: {} },
    moves: [{ what: 'upgrade', from: '1.35.4', to: '1.36.3' }],
  };
  const { namespace, name, key } = RECORD;
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } };
  const api = fakeApi([{ ...map, data: { [key]: recordText(record) } }]);
  expect(await refusal({ datastore: 'etcd' }, cluster(pkiOf(ALL), api))).toContain('another version');
});
