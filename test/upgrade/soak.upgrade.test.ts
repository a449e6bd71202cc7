import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, eventually, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { earlierClusterWithout, kubelets, servedVersion, type Inventories } from './cluster.js';
import { FROM, namesOfVersion, TO } from './versions.js';

/** One control plane and one worker: to a soak, back, to a soak again and to its end; killed on each of these ways. Another worker joins meanwhile. */
const MINOR = '1.35';
const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const JOINS = 'node3';
let cluster: LabHandle;
/** Inventories of both versions; without the host that joins, until it has. */
let earlier: string;
let later: string;
let whole: Inventories;

beforeAll(async () => {
  const made = await earlierClusterWithout(JOINS, 'upgrade-soak', 3);
  ({ cluster, whole } = made);
  ({ earlier, later } = made.without);
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

/** Components by the version of their image and the flag, as they run. */
async function running(): Promise<string[]> {
  const text = await cluster.kubectl(
    '-n kube-system get pods -l tier=control-plane -o jsonpath=\'{range .items[*].spec.containers[*]}{.name}{" "}{.image}{" "}{.command}{"\\n"}{end}\'',
  );
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [name = '', image = ''] = line.split(' ');
      if (!COMPONENTS.includes(name)) return [];
      const [, flag = ''] = /--emulated-version=([^"\s]+)/.exec(line) ?? [];
      return [`${name} ${image.replace(/.*:v?/, '').replace(/@.*/, '')} ${flag}`.trim()];
    })
    .sort();
}

/** The kubelet tells the API of a pod that came while that was away when it looks after the pod again, a minute later. */
async function runs(components: readonly string[]): Promise<void> {
  await eventually(`components: ${components.join(', ')}`, 120, async () => {
    expect(await running()).toEqual(components);
    return true;
  });
}

const SOAKS = COMPONENTS.map((name) => `${name} ${TO} kube=${MINOR}`);

async function nothingToDo(commands: readonly string[][], inventory: string): Promise<void> {
  for (const command of commands) {
    const { code, events, stderr } = await kinitEvents([...command, '-i', inventory]);
    expect({
      command,
      code,
      stderr: code === 0 ? '' : stderr,
      planned: all(events, 'change-planned').map(({ change }) => change.summary),
      applied: all(events, 'change-applied').map(({ change }) => change.summary),
    }).toEqual({ command, code: 0, stderr: '', planned: [], applied: [] });
  }
}

/** Kills it when the control plane has been written: its API server is on the way. */
const cutAtControlPlane = (args: readonly string[]): Promise<string> =>
  cutWhen(args, async (events) => {
    for await (const event of events)
      if (event.type === 'change-applied' && event.phase === 'control-plane' && event.host === 'node1') return;
  });

test('a cluster that does not soak cannot end that; one option at a time', async () => {
  for (const option of ['--back', '--finish']) {
    const { code, stderr } = await kinit(['upgrade', option, '-i', later]);
    expect({ option, code, stderr }).toEqual({
      option,
      code: 20,
      stderr: expect.stringMatching(/does not soak[^]*nothing was changed/) as string,
    });
  }
  expect(await kinit(['upgrade', '--soak', '--back', '-i', later])).toMatchObject({ code: 10 });
  expect(await kinit(['upgrade', '--soak', '-i', earlier])).toMatchObject({
    code: 20,
    stderr: expect.stringMatching(/the same one[^]*without --soak/) as string,
  });
});

test('a dry run tells what would move: the control plane, and nothing else', async () => {
  const { code, events, stderr } = await kinitEvents(['upgrade', '--soak', '--dry-run', '-i', later]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const told = all(events, 'change-planned').map(({ host, change }) => `${host}: ${change.summary}`);
  expect(told).toContain('node1: copy the data of the cluster to this machine');
  for (const name of COMPONENTS)
    expect(told.filter((each) => each.startsWith('node1: ') && each.includes(`${name}.yaml`)).length).toBe(1);
  expect(told.filter((each) => /node2|kubelet|drain|kube-proxy|coredns/i.test(each))).toEqual([]);
  expect(all(events, 'change-applied')).toEqual([]);
  await runs(COMPONENTS.map((name) => `${name} ${FROM}`));
});

test('a feature gate that only the later version has is refused by its programs, before anything is changed', async () => {
  const gated = await changedInventory(
    { ...cluster, inventory: later },
    'gated',
    (text) => `${text}\nscheduler: { extraArgs: { feature-gates: DRAListTypeAttributes=true } }\n`,
  );
  const { code, stderr } = await kinit(['upgrade', '--soak', '-i', gated]);
  expect({ code, stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(
      /behave as 1\.35[^]*nothing was changed[^]*scheduler\.extraArgs: kube-scheduler 1\.36\.3 says: .*PreAlpha at emulated version 1\.35/,
    ) as string,
  });
  await nothingToDo([['init']], earlier);
});

test('killed on its way to a soak, it goes back', async () => {
  expect(await cutAtControlPlane(['upgrade', '--soak', '-i', later])).toBe('killed');
  for (const [command, inventory] of [
    ['init', later],
    ['plan', earlier],
  ] as const) {
    const { code, stderr } = await kinit([command, '-i', inventory]);
    expect({ code, stderr }).toEqual({
      code: 20,
      stderr: expect.stringMatching(/on its way to soak[^]*upgrade --soak goes on[^]*upgrade --back returns/) as string,
    });
  }
  await kinitOk(['upgrade', '--back', '-i', later], { timeoutSeconds: 900 });
  await runs(COMPONENTS.map((name) => `${name} ${FROM}`));
  expect(await servedVersion(cluster)).toBe(`v${FROM} as ${MINOR}`);
  await nothingToDo([['init'], ['plan']], earlier);
});

test('a cluster that soaks behaves as before, says so, and is kept so whatever the inventory says', async () => {
  const { stdout } = await kinitOk(['upgrade', '--soak', '-i', later], { timeoutSeconds: 900 });
  expect(stdout).toMatch(/soaks now[^]*--finish[^]*--back/);
  expect(await servedVersion(cluster)).toBe(`v${TO} as ${MINOR}`);
  await runs(SOAKS);
  expect(await kubelets(cluster)).toBe(`node1=v${FROM} node2=v${FROM}`);
  expect(await cluster.kubectl('get configmap before -o jsonpath={.data.is}')).toContain('kept');
  for (const inventory of [later, earlier]) await nothingToDo([['init'], ['plan']], inventory);
  await nothingToDo([['upgrade', '--soak']], later);
  const checked = await kinit(['check', '-i', later]);
  expect({ code: checked.code, said: checked.code === 0 ? '' : checked.stdout }).toEqual({ code: 0, said: '' });
  const plan = await kinitOk(['plan', '-i', later]);
  expect(plan.stderr + plan.stdout).toMatch(/cluster soaks[^]*1\.36\.3 behaves as 1\.35 since 20/);
  const status = await kinit(['status', '-i', later]);
  expect(status.stdout).toMatch(/The cluster soaks: Kubernetes 1\.36\.3 behaves as 1\.35 since 20[^]*--finish/);
  const doctor = await kinit(['doctor', '-i', later]);
  expect(doctor.stdout).not.toMatch(/kubernetesVersion in the inventory differs|init would change/);
  const plain = await kinit(['upgrade', '-i', later]);
  expect({ code: plain.code, stderr: plain.stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(/--finish[^]*--back/) as string,
  });
});

test('a node that joins a cluster that soaks gets the kubelet of before, whatever version the inventory has', async () => {
  await kinitOk(['join', JOINS, '-i', whole.later], { timeoutSeconds: 900 });
  ({ earlier, later } = whole);
  expect(await kubelets(cluster)).toBe(`node1=v${FROM} node2=v${FROM} ${JOINS}=v${FROM}`);
  await runs(SOAKS);
  for (const inventory of [later, earlier]) await nothingToDo([['init'], ['plan']], inventory);
});

test('back, killed and gone on with: the programs of before read what was written meanwhile', async () => {
  await cluster.kubectl('create configmap during --from-literal=is=kept');
  await cluster.kubectl('create deployment during --image=none.invalid/none:1 --replicas=0');
  expect(await cutAtControlPlane(['upgrade', '--back', '-i', later])).toBe('killed');
  await kinitOk(['upgrade', '--back', '-i', later], { timeoutSeconds: 900 });
  expect(await servedVersion(cluster)).toBe(`v${FROM} as ${MINOR}`);
  await runs(COMPONENTS.map((name) => `${name} ${FROM}`));
  for (const name of ['before', 'during'])
    expect(await cluster.kubectl(`get configmap ${name} -o jsonpath={.data.is}`)).toContain('kept');
  expect(await cluster.kubectl('get deployment during -o jsonpath={.spec.replicas}')).toContain('0');
  await nothingToDo([['init'], ['plan']], earlier);
  expect(await kinit(['upgrade', '--back', '-i', earlier])).toMatchObject({ code: 20 });
});

test('once more, and to its end, killed: all of it is of the later version then', async () => {
  await kinitOk(['upgrade', '--soak', '-i', later], { timeoutSeconds: 900 });
  expect(await cutAtControlPlane(['upgrade', '--finish', '-i', later])).toBe('killed');
  const late = await kinit(['upgrade', '--back', '-i', later]);
  expect({ code: late.code, stderr: late.stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(/does not soak[^]*on its way from/) as string,
  });
  await kinitOk(['upgrade', '--finish', '-i', later], { timeoutSeconds: 1800 });
  expect(await servedVersion(cluster)).toBe(`v${TO} as 1.36`);
  await runs(COMPONENTS.map((name) => `${name} ${TO}`));
  expect(await kubelets(cluster)).toBe(`node1=v${TO} node2=v${TO} ${JOINS}=v${TO}`);
  expect(await namesOfVersion(cluster)).toEqual([]);
  for (const name of ['before', 'during'])
    expect(await cluster.kubectl(`get configmap ${name} -o jsonpath={.data.is}`)).toContain('kept');
  await nothingToDo([['upgrade'], ['upgrade', '--finish'], ['plan'], ['init']], later);
});
