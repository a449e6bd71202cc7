import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorities, clusterState, hostState } from './support/cluster-state.js';
import { cutEverywhere } from './support/cuts.js';
import { useForm } from './support/form.js';
import { all, failuresOf, kinitEvents, lab, type LabHandle } from './support/kinit.js';

/**
 * kinit is killed with SIGKILL at every point of an init (and at many of a reset), and each time it is just run again. What comes
 * out must be what a run that was never cut leaves: that run is made on the same host, after the reset.
 */
let handle: LabHandle;
let afterCuts: { host: string[]; cluster: string[] };
/** Every n-th point: `npm run test:kills` takes all of them, for which the test command has not the time. */
const EVERY = Number(process.env['KINIT_TEST_KILL_EVERY'] ?? '60');

beforeAll(async () => {
  handle = await lab('resume', { hosts: 1 });
  // 'auto' asks the official origins first, for some seconds in each of two hundred runs.
  appendFileSync(handle.inventory, '\nartifacts:\n  source: source\n');
  useForm(handle);
});

afterAll(async () => {
  await handle.down();
});

const init = (...more: string[]): string[] => ['init', '-i', handle.inventory, ...more];
const sh = async (host: string, script: string): Promise<string> => (await handle.sh(host, script)).stdout.trim();

test(`init killed after every ${EVERY === 1 ? 'single' : `${EVERY}th`} change, and in between, comes to its end`, async () => {
  // The phase that makes the authorities goes first, to see that they stay.
  const points = await cutEverywhere(init('--only', 'pki'), EVERY);
  const ca = await authorities(handle, 'node1');
  points.push(...(await cutEverywhere(init(), EVERY)));
  // Each change, and the moment before the first of a batch; a run that was cut after the last change of a phase has nothing to verify.
  expect(points.filter((point) => point.startsWith('step ')).length).toBeGreaterThan(100);
  expect(points.filter((point) => point.startsWith('recorded ')).length).toBeGreaterThan(10);
  expect(await authorities(handle, 'node1')).toEqual(ca);
  const again = await kinitEvents(init());
  expect({ code: again.code, changes: all(again.events, 'change-applied') }).toEqual({ code: 0, changes: [] });
  afterCuts = { host: await hostState(handle, 'node1'), cluster: await clusterState(handle) };
  expect(afterCuts.host.length).toBeGreaterThan(150);
  expect(afterCuts.cluster.length).toBeGreaterThan(40);
});

test('reset killed after many an undo comes to its end', async () => {
  const points = await cutEverywhere(['reset', '--yes', '-i', handle.inventory], EVERY === 1 ? 4 : 48);
  expect(points.filter((point) => point.startsWith('undone ')).length).toBeGreaterThan(50);
  expect(
    await sh(
      'node1',
      'ls -d /etc/kubernetes /var/lib/kinit /usr/local/bin/kube* /etc/systemd/system/kubelet* 2>/dev/null; find / -xdev -name ".kinit-up-*" -o -xdev -name "*.kinit-new" -o -xdev -name "*.kinit-undo"',
    ),
  ).toBe('');
});

test('an init that is never cut leaves the same', async () => {
  const { code, events } = await kinitEvents(init());
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  expect(await hostState(handle, 'node1')).toEqual(afterCuts.host);
  expect(await clusterState(handle)).toEqual(afterCuts.cluster);
});
