import { expect, test } from 'vitest';
import { recordText } from '../../../src/cluster/record/text.js';
import { seeCluster } from '../../../src/engine/adopt/seen.js';
import type { ClusterApi, ObjectRef } from '../../../src/model/api.js';
import { RECORD, RECORD_VERSION } from '../../../src/model/record.js';

const record = recordText({
  ...{
    version: RECORD_VERSION,
    kinit: '0.1.0',
    kubernetes: '1.36.3',
    options: {},
    decisions: {},
    addOns: {},
    moves: [],
  },
  nodes: {
    c1: { address: '192.0.2.1', controlPlane: true, machineId: 'a' },
    w1: { address: '2001:db8::2', controlPlane: false, machineId: 'b' },
  },
  datastore: { kind: 'etcd', members: {} },
});

function api(configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>): ClusterApi {
  return {
    get: ({ name }: ObjectRef) =>
      Promise.resolve(configMaps[name] === undefined ? undefined : { data: configMaps[name], metadata: { name } }),
    list: () => Promise.resolve([]),
    request: () => Promise.resolve({ status: 200, body: { gitVersion: 'v1.36.3' } }),
  } as unknown as ClusterApi;
}
const kubeadm = { 'kubeadm-config': { ClusterConfiguration: 'clusterName: prod\n' } };

test.each([
  ['with a name', kubeadm, 'it is prod'],
  ['without', {}, 'already; nothing'],
])("a cluster with kinit's record is kinit's own, %s: refused, with its hosts", async (_what, more, said) => {
  await expect(
    seeCluster(api({ [RECORD.name]: { [RECORD.key]: record }, ...more }), '192.0.2.1'),
  ).rejects.toMatchObject({
    message: expect.stringContaining(said) as string,
    context: {
      class: 'refused',
      hint: expect.stringContaining(`hosts:
  - { name: c1, address: '192.0.2.1', roles: [control-plane] }
  - { name: w1, address: '2001:db8::2', roles: [worker] }`) as string,
    },
  });
});

test('a cluster without one is looked at', async () => {
  expect(await seeCluster(api(kubeadm), '192.0.2.1')).toMatchObject({
    version: '1.36.3',
    configuration: { clusterName: 'prod' },
  });
});
