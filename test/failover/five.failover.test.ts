import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLab, killHost, startHost, type Lab } from '../../src/lab/index.js';
import { LOCAL, etcdctl, membersOn, startWriter } from '../e2e/support/etcd.js';
import { all, eventually, kinitEvents, kinitOk, lab, labName, only, type LabHandle } from '../e2e/support/kinit.js';
import { preparedHosts } from '../e2e/support/prepared.js';
import { changedInventory } from '../e2e/support/running.js';
import { shape } from '../e2e/support/shapes.js';

/** 'embedded': in one process each. */
const FORM = process.env['KINIT_TEST_HA_FORM'] ?? 'static-pods';
const NAMES = ['node1', 'node2', 'node3', 'node4', 'node5'];

/** Five control planes, of which two may be lost at a time. */
let cluster: LabHandle;
let machines: Lab;
/** Inventories with the first host, the first three and all five. */
let one: string;
let three: string;
let five: string;

beforeAll(async () => {
  cluster = await lab('five', { hosts: 5, snapshot: await preparedHosts() });
  if (FORM !== 'static-pods')
    shape({ inventory: { controlPlane: { mode: FORM }, datastore: 'etcd' } }, cluster.inventory);
  machines = await findLab(labName('five'));
  const roles = (text: string): string =>
    text.replaceAll(/roles:\n( +- [a-z-]+\n)+/g, 'roles: [control-plane, worker]\n');
  five = await changedInventory(cluster, 'five', roles);
  three = await changedInventory(cluster, 'three', (text) =>
    roles(text).replace(/ {2}- name: node4[^]*?(?=\nssh:)/, ''),
  );
  one = await changedInventory(cluster, 'one', (text) => roles(text).replace(/ {2}- name: node2[^]*?(?=\nssh:)/, ''));
  await kinitOk(['init', '-i', one], { timeoutSeconds: 1200 });
});

afterAll(async () => {
  await cluster.down();
});

const address = (host: string): string => machines.hosts.find(({ name }) => name === host)?.address ?? '';
const voters = (names: readonly string[]): string[] => names.map((name) => `${name} voter`);
const ADMIN = '/etc/kubernetes/admin.conf --server https://$(hostname -I | cut -d" " -f1):6443';
const kubectl = async (args: string): Promise<string> =>
  (await cluster.sh('node1', `KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig ${ADMIN} ${args}`)).stdout.trim();

test('from one control plane to five in one run: members come one at a time', async () => {
  const { code, events, stderr } = await kinitEvents(['init', '-i', five], { timeoutSeconds: 1800 });
  expect({ code, stderr: code === 0 ? '' : stderr, failures: all(events, 'phase-failed') }).toEqual({
    ...{ code: 0, stderr: '', failures: [] },
  });
  expect(await membersOn(cluster, 'node5')).toEqual(voters(NAMES));
  expect((await kubectl('get nodes --no-headers')).match(/^node[1-5] +Ready +control-plane/gm)).toHaveLength(5);
  const again = await kinitEvents(['init', '-i', five], { timeoutSeconds: 1200 });
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

test('two of five go off under writes: none that was acknowledged is lost, and a run goes on without them', async () => {
  const writer = await startWriter(cluster, 'node5', NAMES.map(address));
  await writer.goesOn(20);
  // Both pods of cluster DNS are where the first host was alone.
  await kubectl('-n kube-system rollout restart deployment coredns');
  await kubectl('-n kube-system rollout status deployment coredns --timeout 100s');
  await Promise.all(['node2', 'node3'].map((host) => killHost(machines, host)));
  await writer.goesOn(50);
  const { code, events } = await kinitEvents(['init', '-i', five], { timeoutSeconds: 1200 });
  const failed = all(events, 'phase-failed').map(({ host, phase }) => `${host} ${phase}`);
  expect({ code, failed: failed.sort(), applied: all(events, 'change-applied') }).toEqual({
    ...{ code: 16, failed: ['node2 connect', 'node3 connect'], applied: [] },
  });
  await writer.goesOn(20);
  for (const host of ['node2', 'node3']) await startHost(machines, host);
  await eventually('all members to answer', 180, () =>
    cluster.sh('node1', etcdctl(LOCAL, 'endpoint health --cluster')),
  );
  expect(await writer.lost('node2')).toEqual([]);
  expect((await writer.acknowledged()).length).toBeGreaterThanOrEqual(90);
});

test('from five to three and to one', async () => {
  await kinitOk(['reset', 'node4', 'node5', '--yes', '-i', five], { timeoutSeconds: 1200 });
  expect(await membersOn(cluster, 'node2')).toEqual(voters(['node1', 'node2', 'node3']));
  const { code, events } = await kinitEvents(['init', '-i', three], { timeoutSeconds: 1200 });
  expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
  await kinitOk(['reset', 'node2', 'node3', '--yes', '-i', three], { timeoutSeconds: 1200 });
  expect(await membersOn(cluster, 'node1')).toEqual(voters(['node1']));
  expect((await kinitEvents(['init', '-i', one])).code).toBe(0);
  expect(await kubectl('get nodes -o name')).toBe('node/node1');
});
