import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, eventually, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { watchPage, watchServers } from '../e2e/support/servers.js';
import { EMBEDDED } from '../e2e/support/shapes.js';
import { earlierHosts, keepSomething, kubelets, startBudgetedWeb } from './cluster.js';
import { FROM, secondsOf, TO } from './versions.js';

/** One server that takes pods too, and one worker, under clients that ask all the time; killed while the server is on its way. Prints the figures of docs/upgrade.md. */
let cluster: LabHandle;
let later: string;
let addresses: readonly string[];

beforeAll(async () => {
  ({ cluster, later, addresses } = await earlierHosts('upgrade-embedded', 2, (text) =>
    [
      text.replace(/roles:\n( +)- control-plane/, 'roles:\n$1- control-plane\n$1- worker'),
      stringify(EMBEDDED.inventory),
    ].join('\n'),
  ));
  await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

const server = async (): Promise<string> =>
  /"gitVersion":"v([^"]*)"/.exec((await cluster.kubectl('get --raw /version')).replaceAll(/\s/g, ''))?.[1] ?? '';

/** Version of the program that is the kubelet by name on the server's host. */
const agent = async (): Promise<string> => (await cluster.sh('node1', 'kubelet --version')).stdout.trim();

test('settings that the later version does not take are refused by its own parts, before anything is changed', async () => {
  // The earlier version has this gate, the later one does not.
  const wrong = await changedInventory(cluster, 'wrong', (text) =>
    text
      .replace(/^kubernetesVersion: .*$/m, '')
      .replace(/^kubeProxy:\n {2}config:\n/m, '$&    featureGates: { NoSuchGate: true }\n')
      .replace(/^scheduler:\n {2}extraArgs:\n/m, '$&    feature-gates: WatchFromStorageWithoutResourceVersion=false\n'),
  );
  const { code, stderr } = await kinit(['upgrade', '-i', wrong]);
  expect({ code, stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(
      /does not take what the inventory sets; nothing was changed[^]*scheduler\.extraArgs: kube-scheduler 1\.36\.3 says: unrecognized feature gate[^]*kubeProxy\.config: kinit-agent 1\.36\.3 says: .*NoSuchGate/,
    ) as string,
  });
  const again = await kinitEvents(['init', '-i', cluster.inventory]);
  expect({ code: again.code, applied: all(again.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
  expect(await server()).toBe(FROM);
});

test('killed when its server has the later program and not its file yet, it goes on to the end; the data are there, no client is without an answer for long', async () => {
  const port = await startBudgetedWeb(cluster);
  const kept = await keepSomething(cluster);
  const before = await kept();
  const stopServers = watchServers(addresses.slice(0, 1));
  const stopPage = watchPage(addresses[1] ?? '', port);

  expect(
    await cutWhen(['upgrade', '-i', later], async (events) => {
      for await (const event of events)
        if (event.type === 'change-applied' && event.phase === 'binaries' && event.host === 'node1') return;
    }),
  ).toBe('killed');
  const refused = await kinit(['init', '-i', later]);
  expect({ code: refused.code, said: refused.stderr }).toMatchObject({
    code: 20,
    said: expect.stringContaining('kinit upgrade: it goes on') as string,
  });
  // As after a reboot: the server has its program and not its file yet. The agent, which is the same file, is that of before: no kubelet is
  // ahead of its turn.
  expect((await cluster.sh('node1', 'cat /etc/kubernetes/server.yaml')).stdout).toContain(`kubernetesVersion: ${FROM}`);
  await cluster.sh('node1', 'systemctl restart kinit-server', { timeoutSeconds: 330 });
  expect(await server()).toBe(TO);
  await cluster.sh('node1', 'systemctl restart kubelet');
  await eventually('the kubelet of before, Ready', 60, async () => {
    await cluster.kubectl('wait --for=condition=Ready node/node1 --timeout=5s');
    return (await kubelets(cluster)) === `node1=v${FROM} node2=v${FROM}` ? true : undefined;
  });
  expect(await agent()).toBe(`Kubernetes v${FROM}`);

  const { code, events, stderr } = await kinitEvents(['upgrade', '-i', later], { timeoutSeconds: 1800 });
  const [servers, page] = [await stopServers(), await stopPage()];
  process.stdout.write(
    `without an answer of the API server: ${String(servers.any)} s; the page of two replicas: ${String(page)} s\n${secondsOf(all(events, 'phase-finished'))}\n`,
  );
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect({ kubelets: await kubelets(cluster), server: await server(), kept: await kept() }).toEqual({
    kubelets: `node1=v${TO} node2=v${TO}`,
    server: TO,
    kept: before,
  });
  expect(await agent()).toBe(`Kubernetes v${TO}`);
  expect(await cluster.kubectl('get nodes --no-headers')).not.toContain('SchedulingDisabled');
  for (const host of ['node1', 'node2'])
    expect(
      (
        await cluster.sh(
          host,
          'ls -A /var/lib/kinit/staged; readlink /usr/local/bin/kinit-agent /usr/local/bin/kubelet',
        )
      ).stdout.trim(),
    ).toBe('/usr/local/bin/kinit-server\n/usr/local/bin/kinit-server');
  const folder = dirname(later);
  const copies = (await readdir(folder)).filter((name) => name.endsWith('.backup'));
  expect(copies.length).toBe(1);
  const copy = await stat(join(folder, copies[0] ?? ''));
  expect(copy.mode & 0o777).toBe(0o600);
  expect(copy.size).toBeGreaterThan(100_000);
  // The one server is away for as long as it takes to start: once in the run that goes on, once by the test itself.
  expect({ api: servers.any <= 60, page: page <= 5 }).toEqual({ api: true, page: true });
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
