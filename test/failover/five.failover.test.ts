import { afterAll, beforeAll, expect, test } from 'vitest';
import { killHost, startHost, type Lab } from '../../src/lab/index.js';
import { controlPlanes, type ControlPlanes } from '../e2e/support/control-planes.js';
import { LOCAL, etcdctl, membersOn, startWriter } from '../e2e/support/etcd.js';
import { all, eventually, failuresOf, kinitEvents, kinitOk, only, type LabHandle } from '../e2e/support/kinit.js';

const NAMES = ['node1', 'node2', 'node3', 'node4', 'node5'];

/** Five control planes, of which two may be lost at a time. */
let hosts: ControlPlanes;
let cluster: LabHandle;
let machines: Lab;
/** Inventories with the first host, the first three and all five. */
let one: string;
let three: string;
let five: string;

beforeAll(async () => {
  hosts = await controlPlanes('five', 5);
  ({ cluster, machines } = hosts);
  five = await hosts.inventory('five', NAMES);
  three = await hosts.inventory('three', NAMES.slice(0, 3));
  one = await hosts.inventory('one', ['node1']);
  await kinitOk(['init', '-i', one], { timeoutSeconds: 1200 });
});

afterAll(async () => {
  await cluster.down();
});

const voters = (names: readonly string[]): string[] => names.map((name) => `${name} voter`);
const kubectl = (args: string): Promise<string> => hosts.kubectlOn('node1', args);

test('from one control plane to five in one run: members come one at a time', async () => {
  const { code, events, stderr } = await kinitEvents(['init', '-i', five], { timeoutSeconds: 1800 });
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    ...{ code: 0, stderr: '', failures: [] },
  });
  expect(await membersOn(cluster, 'node5')).toEqual(voters(NAMES));
  expect((await kubectl('get nodes --no-headers')).match(/^node[1-5] +Ready +control-plane/gm)).toHaveLength(5);
  const again = await kinitEvents(['init', '-i', five], { timeoutSeconds: 1200 });
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

test('compacted under writes, one member after the other: none is lost, and all five are named', async () => {
  const writer = await startWriter(cluster, 'node5', NAMES.map(hosts.address));
  await writer.goesOn(20);
  const compacted = await kinitOk(['datastore', 'compact', '-i', five], { timeoutSeconds: 900 });
  expect(compacted.stdout).toMatch(/Compacted: .* before, .* now/);
  await writer.goesOn(20);
  expect(await writer.lost('node2')).toEqual([]);
  const { stdout } = await kinitOk(['datastore', 'status', '-i', five]);
  for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^${name} +(leader|follower)`, 'm'));
  await cluster.sh('node1', etcdctl(LOCAL, 'del /kinit-test/ --prefix'));
});

test('two of five go off under writes: none that was acknowledged is lost, and a run goes on without them', async () => {
  const writer = await startWriter(cluster, 'node5', NAMES.map(hosts.address));
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
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  await kinitOk(['reset', 'node2', 'node3', '--yes', '-i', three], { timeoutSeconds: 1200 });
  expect(await membersOn(cluster, 'node1')).toEqual(voters(['node1']));
  expect((await kinitEvents(['init', '-i', one])).code).toBe(0);
  expect(await kubectl('get nodes -o name')).toBe('node/node1');
});
