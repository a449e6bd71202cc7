import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, eventually, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { EMBEDDED } from '../e2e/support/shapes.js';
import { earlierClusterWithout, kubelets, servedVersion, type Inventories } from './cluster.js';
import { FROM, TO } from './versions.js';

/**
 * One embedded server and one worker: to a soak, back, to a soak again and to its end; killed on each of these ways, where the program is of the one
 * version and its file of the other. Another worker joins meanwhile.
 */
const MINOR = '1.35';
const JOINS = 'node3';
const SOAKS = `v${TO} as ${MINOR}`;
let cluster: LabHandle;
/** Inventories of both versions; without the host that joins, until it has. */
let earlier: string;
let later: string;
let whole: Inventories;

beforeAll(async () => {
  const made = await earlierClusterWithout(
    JOINS,
    'soak-embedded',
    3,
    (text) => `${text}\n${stringify(EMBEDDED.inventory)}`,
  );
  ({ cluster, whole } = made);
  ({ earlier, later } = made.without);
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

/** Version of the program that is the agent, and the kubelet by name, on the server's host. */
const agent = async (): Promise<string> => (await cluster.sh('node1', 'kubelet --version')).stdout.trim();

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

/** Kills it when the server's program has been exchanged, and starts both services again, as a host does that is switched off then. */
async function cutAtProgram(args: readonly string[]): Promise<void> {
  const cut = await cutWhen(args, async (events) => {
    for await (const event of events)
      if (event.type === 'phase-finished' && event.phase === 'binaries' && event.host === 'node1' && event.changes > 0)
        return;
  });
  expect(cut).toBe('killed');
  await cluster.sh('node1', 'systemctl restart kinit-server', { timeoutSeconds: 330 });
  await cluster.sh('node1', 'systemctl restart kubelet');
  await eventually('all kubelets of before, Ready', 90, async () => {
    await cluster.kubectl('wait --for=condition=Ready node --all --timeout=5s');
    return true;
  });
  expect(await kubelets(cluster)).not.toContain(TO);
}

test('a dry run tells what would move: the server, and nothing else', async () => {
  const { code, events, stderr } = await kinitEvents(['upgrade', '--soak', '--dry-run', '-i', later]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const told = all(events, 'change-planned').map(({ host, change }) => `${host}: ${change.summary}`);
  expect(told.filter((each) => each.startsWith('node1: ') && each.includes('server.yaml')).length).toBe(1);
  expect(told.filter((each) => /node2|drain|coredns/i.test(each))).toEqual([]);
  expect(all(events, 'change-applied')).toEqual([]);
});

test('cut with the later program and the file of before, the server behaves as before; then it soaks, and is kept so', async () => {
  await cutAtProgram(['upgrade', '--soak', '-i', later]);
  expect(await servedVersion(cluster)).toBe(SOAKS);
  await kinitOk(['upgrade', '--soak', '-i', later], { timeoutSeconds: 900 });
  expect(await servedVersion(cluster)).toBe(SOAKS);
  expect(await agent()).toBe(`Kubernetes v${FROM}`);
  expect(await kubelets(cluster)).toBe(`node1=v${FROM} node2=v${FROM}`);
  for (const inventory of [later, earlier]) await nothingToDo([['init'], ['plan']], inventory);
  await nothingToDo([['upgrade', '--soak']], later);
});

test('a node that joins meanwhile gets the kubelet of before', async () => {
  await kinitOk(['join', JOINS, '-i', whole.later], { timeoutSeconds: 900 });
  ({ earlier, later } = whole);
  expect(await kubelets(cluster)).toBe(`node1=v${FROM} node2=v${FROM} ${JOINS}=v${FROM}`);
  for (const inventory of [later, earlier]) await nothingToDo([['init'], ['plan']], inventory);
});

test('back, cut with the program of before and the later file, and gone on with', async () => {
  await cluster.kubectl('create configmap during --from-literal=is=kept');
  await cutAtProgram(['upgrade', '--back', '-i', later]);
  expect(await servedVersion(cluster)).toBe(`v${FROM} as ${MINOR}`);
  await kinitOk(['upgrade', '--back', '-i', later], { timeoutSeconds: 900 });
  expect(await servedVersion(cluster)).toBe(`v${FROM} as ${MINOR}`);
  for (const name of ['before', 'during'])
    expect(await cluster.kubectl(`get configmap ${name} -o jsonpath={.data.is}`)).toContain('kept');
  await nothingToDo([['init'], ['plan']], earlier);
  expect(await kinit(['upgrade', '--back', '-i', earlier])).toMatchObject({ code: 20 });
});

test('once more, and to its end: all of it is of the later version then', async () => {
  await kinitOk(['upgrade', '--soak', '-i', later], { timeoutSeconds: 900 });
  await kinitOk(['upgrade', '--finish', '-i', later], { timeoutSeconds: 1800 });
  expect(await servedVersion(cluster)).toBe(`v${TO} as 1.36`);
  expect(await agent()).toBe(`Kubernetes v${TO}`);
  expect(await kubelets(cluster)).toBe(`node1=v${TO} node2=v${TO} ${JOINS}=v${TO}`);
  for (const host of ['node1', 'node2'])
    expect((await cluster.sh(host, 'readlink /usr/local/bin/kinit-agent /usr/local/bin/kubelet')).stdout.trim()).toBe(
      '/usr/local/bin/kinit-server\n/usr/local/bin/kinit-server',
    );
  for (const name of ['before', 'during'])
    expect(await cluster.kubectl(`get configmap ${name} -o jsonpath={.data.is}`)).toContain('kept');
  await nothingToDo([['upgrade'], ['plan'], ['init']], later);
});
