import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killHost, startHost, type Lab } from '../../src/lab/index.js';
import { controlPlanes, type ControlPlanes } from '../e2e/support/control-planes.js';
import { eventually, failuresOf, kinit, kinitEvents, kinitOk, only, type LabHandle } from '../e2e/support/kinit.js';

/** Three control planes, two of which are lost at once: the one that is left has all that was acknowledged, and decides nothing. */
let hosts: ControlPlanes;
let cluster: LabHandle;
let machines: Lab;
/** Inventories with all three, with the one that is left, and with those that were lost. */
let three: string;
let one: string;
let lost: string;
const backup = join(tmpdir(), `kinit-quorum-${String(process.pid)}.backup`);

beforeAll(async () => {
  hosts = await controlPlanes('quorum', 3);
  ({ cluster, machines } = hosts);
  three = await hosts.inventory('three', ['node1', 'node2', 'node3']);
  one = await hosts.inventory('one', ['node3']);
  lost = await hosts.inventory('lost', ['node1', 'node2']);
  await kinitOk(['init', '-i', three], { timeoutSeconds: 1200 });
});

afterAll(async () => {
  await cluster.down();
});

/** On the host that is left. */
const kubectl = (args: string): Promise<string> => hosts.kubectlOn('node3', args);

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
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  const again = await kinitEvents(['init', '-i', one]);
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

test('those that were lost come back, are reset, and join as new members', async () => {
  for (const host of ['node1', 'node2']) await startHost(machines, host);
  for (const host of ['node1', 'node2']) await eventually('the host', 60, () => cluster.sh(host, 'true'));
  await kinitOk(['reset', '--yes', '-i', lost], { timeoutSeconds: 1200 });
  const { code, events } = await kinitEvents(['init', '-i', three], { timeoutSeconds: 1200 });
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
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
