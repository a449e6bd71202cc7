import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { earlierHosts, kubelets } from './cluster.js';
import { FROM, namesOfVersion, secondsOf, TO } from './versions.js';

/** One control plane and one worker: the whole way, killed where no API server answers. */
let cluster: LabHandle;
let later: string;

beforeAll(async () => {
  ({ cluster, later } = await earlierHosts('upgrade-one', 2));
  await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

/** The inventory of the later version, with more in the configuration of kubelets. */
const withKubelet = (name: string, line: string, more = ''): Promise<string> =>
  changedInventory(
    cluster,
    name,
    (text) =>
      text
        .replace(/^kubernetesVersion: .*$/m, '')
        .replace(/^ {4}imageGCHighThresholdPercent: .*$/m, `$&\n    ${line}`) + more,
  );

test(`the cluster is of ${FROM}; init, plan and join refuse the later version and name the way`, async () => {
  expect(await kubelets(cluster)).toBe(`node1=v${FROM} node2=v${FROM}`);
  expect(await cluster.kubectl('version -o json')).toContain(`"gitVersion": "v${FROM}"`);
  for (const command of [['init'], ['plan'], ['join', 'node2']]) {
    const { code, stderr } = await kinit([...command, '-i', later]);
    expect({ command, code, stderr }).toEqual({
      command,
      code: 20,
      stderr: expect.stringMatching(new RegExp(`${FROM}.*${TO}[^]*kinit upgrade`)) as string,
    });
  }
});

test('down is refused; more than a minor version up is a version that this kinit does not know', async () => {
  const down = await kinit(['upgrade', '-i', later, '--to', '1.35.3']);
  expect(down).toMatchObject({ code: 20, stderr: expect.stringMatching(/does not go back/) as string });
  // Of a cluster that is two minor versions older: test/engine/guard/version.test.ts. Of its two versions kinit builds one from the other.
  const unknown = await kinit(['upgrade', '-i', later, '--to', '1.37.0']);
  expect(unknown).toMatchObject({ code: 10, stderr: expect.stringMatching(/1\.34\.0 to 1\.36\.99/) as string });
});

test('a dry run tells all that would move, and touches nothing', async () => {
  const { code, events, stderr } = await kinitEvents(['upgrade', '-i', later, '--dry-run']);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const told = all(events, 'change-planned').map(({ host, change }) => `${host}: ${change.summary}`);
  for (const each of [
    'node1: copy the data of the cluster to this machine',
    'node1: cordon and drain node node1',
    'node1: uncordon node node1',
  ])
    expect(told).toContain(each);
  // Its pods could go nowhere: the taint of the control plane keeps them off.
  expect(told).not.toContain('node2: cordon and drain node node2');
  expect(told.some((each) => /^node1: .*kube-apiserver\.yaml/.test(each))).toBe(true);
  expect(all(events, 'change-applied')).toEqual([]);
});

test('settings that the later version does not take are refused by its own programs, before anything is changed', async () => {
  // The earlier version has this gate, the later one does not.
  const gates = '\nscheduler: { extraArgs: { feature-gates: WatchFromStorageWithoutResourceVersion=false } }\n';
  const wrong = await withKubelet('wrong', 'maxPods: -1', gates);
  const { code, stderr } = await kinit(['upgrade', '-i', wrong]);
  expect({ code, stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(
      /does not take what the inventory sets; nothing was changed[^]*scheduler\.extraArgs: kube-scheduler 1\.36\.3 says: unrecognized feature gate[^]*kubelet\.config: .*maxPods/,
    ) as string,
  });
  const again = await kinitEvents(['init', '-i', cluster.inventory]);
  expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
});

test('an ill cluster is refused, with what is wrong', async () => {
  await cluster.sh('node2', 'systemctl stop kubelet');
  await cluster.kubectl('wait --for=condition=Ready=Unknown node/node2 --timeout=120s');
  const { code, stderr } = await kinit(['upgrade', '-i', later]);
  expect({ code, stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(/node2 is not Ready[^]*--ignore-health/) as string,
  });
});

test('told to go on with that, killed while its control plane is on the way, then with a kubelet that does not start, it goes on to the end; a copy of the data is here', async () => {
  expect(
    await cutWhen(['upgrade', '--ignore-health', '-i', later], async (events) => {
      for await (const event of events)
        if (event.type === 'change-applied' && event.phase === 'control-plane' && event.host === 'node1') return;
    }),
  ).toBe('killed');
  await cluster.sh('node2', 'systemctl start kubelet');
  const refused = await kinit(['init', '-i', later]);
  expect({ code: refused.code, said: refused.stderr }).toMatchObject({
    code: 20,
    said: expect.stringContaining('kinit upgrade: it goes on') as string,
  });
  // Its kubelet finds out about this only when it is started: with the earlier one gone.
  const hopeless = await kinit(['upgrade', '-i', await withKubelet('hopeless', 'cgroupRoot: /nope')]);
  expect({ code: hopeless.code, said: hopeless.stderr }).toEqual({
    code: 15,
    said: expect.stringMatching(/waiting for the kubelet to stay up[^]*nope/) as string,
  });
  const { code, events, stderr } = await kinitEvents(['upgrade', '-i', later]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(all(events, 'warning').map(({ text }) => text)).toContain(
    'its kubelet does not stay up: its turn comes first, and it is not drained',
  );
  for (const host of ['node1', 'node2'])
    expect((await cluster.sh(host, 'ls -A /var/lib/kinit/staged')).stdout.trim()).toBe('');
  console.log(secondsOf(all(events, 'phase-finished')));
  expect(await kubelets(cluster)).toBe(`node1=v${TO} node2=v${TO}`);
  expect(await cluster.kubectl('get nodes --no-headers')).not.toContain('SchedulingDisabled');
  expect(await namesOfVersion(cluster)).toEqual([]);
  const folder = dirname(later);
  const copies = (await readdir(folder)).filter((name) => name.endsWith('.backup'));
  expect(copies.length).toBe(1);
  const copy = await stat(join(folder, copies[0] ?? ''));
  expect(copy.mode & 0o777).toBe(0o600);
  expect(copy.size).toBeGreaterThan(100_000);
});

test('nothing is left to do, for upgrade, plan and init', async () => {
  for (const command of [['upgrade'], ['plan'], ['init']]) {
    const { code, events } = await kinitEvents([...command, '-i', later]);
    expect({
      command,
      code,
      planned: all(events, 'change-planned').map(({ change }) => change.summary),
      applied: all(events, 'change-applied').map(({ change }) => change.summary),
    }).toEqual({ command, code: 0, planned: [], applied: [] });
  }
});
