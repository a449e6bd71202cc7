import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { watchPage, watchServers } from '../e2e/support/servers.js';
import { startWeb } from '../e2e/support/web.js';
import { FROM, namesOfVersion, secondsOf, TO } from './versions.js';

/** Three control planes and two workers, under clients that ask all the time; killed twice. Prints the figures of docs/upgrade.md. */
const CONTROL_PLANES = ['node1', 'node2', 'node3'];
const WORKERS = ['node4', 'node5'];
let cluster: LabHandle;
let later: string;
let addresses: string[];

beforeAll(async () => {
  const made = await lab('upgrade-three', { hosts: 5 });
  const three = (text: string): string => {
    addresses = [...text.matchAll(/address: (\S+)/g)].map(([, address = '']) => address).slice(0, 3);
    return text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane');
  };
  later = await changedInventory(made, 'later', three);
  const earlier = await changedInventory(made, 'earlier', (text) => `${three(text)}\nkubernetesVersion: ${FROM}\n`);
  cluster = { ...made, inventory: earlier };
  await kinitOk(['init', '-i', earlier], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

const kubelets = async (): Promise<string> =>
  (
    await cluster.kubectl(
      "get nodes -o jsonpath='{range .items[*]}{.metadata.name}={.status.nodeInfo.kubeletVersion} {end}'",
    )
  ).trim();

test('killed between two control planes and while a worker is empty, it goes on to the end; no client is without an answer for long', async () => {
  const port = await startWeb(cluster, 2);
  await cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=1');
  // One on each worker: a drain moves one of them, and the budget lets the other go only when that has come up.
  await cluster.kubectl(
    `patch deployment web -p '{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]}}}}'`,
  );
  await cluster.kubectl('rollout status deployment/web --timeout=120s', { timeoutSeconds: 130 });
  const stopServers = watchServers(addresses);
  const stopPage = watchPage(addresses[0] ?? '', Number(port));

  const second = await cutWhen(['upgrade', '-i', later], async (events) => {
    const through = new Set<string>();
    for await (const event of events) {
      if (event.type === 'phase-finished' && event.phase === 'stable') through.add(event.host);
      if (
        event.type === 'phase-started' &&
        event.phase === 'control-plane' &&
        through.size === 1 &&
        !through.has(event.host)
      )
        return;
    }
  });
  expect(second).toBe('killed');
  expect(new Set((await kubelets()).split(' ').map((each) => each.split('=')[1]))).toEqual(new Set([`v${FROM}`]));

  const third = await cutWhen(['upgrade', '-i', later], async (events) => {
    for await (const event of events)
      if (event.type === 'phase-finished' && event.phase === 'drain' && WORKERS.includes(event.host)) return;
  });
  expect(third).toBe('killed');

  const { code, events, stderr } = await kinitEvents(['upgrade', '-i', later], { timeoutSeconds: 1800 });
  const [servers, page] = [await stopServers(), await stopPage()];
  process.stdout.write(
    `without an answer of any API server: ${String(servers.any)} s; away at once, at most: ${String(servers.awayAtOnce)}; the page of two replicas: ${String(page)} s\n${secondsOf(all(events, 'phase-finished'))}\n`,
  );
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(await kubelets()).toBe([...CONTROL_PLANES, ...WORKERS].map((name) => `${name}=v${TO}`).join(' '));
  expect(await cluster.kubectl('get nodes --no-headers')).not.toContain('SchedulingDisabled');
  expect(await namesOfVersion(cluster)).toEqual([]);
  expect(servers.awayAtOnce).toBeLessThanOrEqual(1);
  expect({ api: servers.any <= 5, page: page <= 5 }).toEqual({ api: true, page: true });
});

test('nothing is left to do', async () => {
  for (const command of [['upgrade'], ['plan']]) {
    const { code, events } = await kinitEvents([...command, '-i', later]);
    expect({ command, code, planned: all(events, 'change-planned').length }).toEqual({ command, code: 0, planned: 0 });
  }
});
