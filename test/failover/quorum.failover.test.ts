import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLab, killHost, startHost, type Lab } from '../../src/lab/index.js';
import {
  all,
  eventually,
  kinit,
  kinitEvents,
  kinitOk,
  lab,
  labName,
  only,
  type LabHandle,
} from '../e2e/support/kinit.js';
import { preparedHosts } from '../e2e/support/prepared.js';
import { changedInventory } from '../e2e/support/running.js';
import { shape } from '../e2e/support/shapes.js';

/** 'embedded': in one process each. */
const FORM = process.env['KINIT_TEST_HA_FORM'] ?? 'static-pods';

/** Three control planes, two of which are lost at once: the one that is left has all that was acknowledged, and decides nothing. */
let cluster: LabHandle;
let machines: Lab;
/** Inventories with all three, with the one that is left, and with those that were lost. */
let three: string;
let one: string;
let lost: string;
const backup = join(tmpdir(), `kinit-quorum-${String(process.pid)}.backup`);

beforeAll(async () => {
  cluster = await lab('quorum', { hosts: 3, snapshot: await preparedHosts() });
  if (FORM !== 'static-pods')
    shape({ inventory: { controlPlane: { mode: FORM }, datastore: 'etcd' } }, cluster.inventory);
  machines = await findLab(labName('quorum'));
  const roles = (text: string): string =>
    text.replaceAll(/roles:\n( +- [a-z-]+\n)+/g, 'roles: [control-plane, worker]\n');
  three = await changedInventory(cluster, 'three', roles);
  one = await changedInventory(cluster, 'one', (text) =>
    roles(text).replace(/ {2}- name: node1[^]*?(?= {2}- name: node3)/, ''),
  );
  lost = await changedInventory(cluster, 'lost', (text) => roles(text).replace(/ {2}- name: node3[^]*?(?=\nssh:)/, ''));
  await kinitOk(['init', '-i', three], { timeoutSeconds: 1200 });
});

afterAll(async () => {
  await cluster.down();
});

/** On the host that is left, through its own API server. */
const ADMIN = '/etc/kubernetes/admin.conf --server https://$(hostname -I | cut -d" " -f1):6443';
const kubectl = async (args: string): Promise<string> =>
  (await cluster.sh('node3', `KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig ${ADMIN} ${args}`)).stdout.trim();

test('two of three are lost, the third is started again: nobody is answered, and that is said', async () => {
  await kubectl('create configmap written --from-literal=by=test');
  await Promise.all(['node1', 'node2'].map((host) => killHost(machines, host)));
  await killHost(machines, 'node3');
  await startHost(machines, 'node3');
  await eventually('the host', 60, () => cluster.sh('node3', 'true'));
  const { code, stderr } = await kinit(['init', '-i', three]);
  expect({ code, stderr }).toEqual({
    code: 12,
    stderr: expect.stringMatching(/node1[^]*node2[^]*Most of them are lost/) as string,
  });
});

test('what the one that is left has is copied and restored on it: all that was acknowledged is there', async () => {
  // Its member has to be there, waiting for the others.
  await eventually('a copy of its data', 180, async () =>
    (await kinit(['datastore', 'backup', '--file', backup, '-i', one])).code === 0 ? true : undefined,
  );
  const { stdout } = await kinitOk(['datastore', 'restore', backup, '--stop', '--yes', '-i', one], {
    timeoutSeconds: 1200,
  });
  expect(stdout).toMatch(/Control planes that are no hosts of the inventory any more.*node1, node2/);
  expect(await kubectl("get configmap written -o jsonpath='{.data.by}'")).toBe('test');
  expect(await kubectl('get nodes -o name')).toBe('node/node3');
  const { code, events } = await kinitEvents(['init', '-i', one]);
  expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
  const again = await kinitEvents(['init', '-i', one]);
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

test('those that were lost come back, are reset, and join as new members', async () => {
  for (const host of ['node1', 'node2']) await startHost(machines, host);
  for (const host of ['node1', 'node2']) await eventually('the host', 60, () => cluster.sh(host, 'true'));
  await kinitOk(['reset', '--yes', '-i', lost], { timeoutSeconds: 1200 });
  const { code, events } = await kinitEvents(['init', '-i', three], { timeoutSeconds: 1200 });
  expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
  const nodes = await kubectl('get nodes --no-headers');
  expect(nodes.match(/^node[123] +Ready +control-plane/gm)).toHaveLength(3);
  const status = JSON.parse(
    (await kinitOk(['datastore', 'status', '-i', three, '--output', 'json'])).stdout.trim().split('\n').at(-1) ?? '',
  ) as { result: { members: { name: string; answers: boolean }[] } };
  expect(status.result.members.map(({ name, answers }) => `${name} ${String(answers)}`).sort()).toEqual([
    'node1 true',
    'node2 true',
    'node3 true',
  ]);
  expect(await kubectl("get configmap written -o jsonpath='{.data.by}'")).toBe('test');
});
