import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { watchPage, watchServers } from '../e2e/support/servers.js';
import { cutBetweenControlPlanes, earlierHosts, kubelets, startBudgetedWeb } from './cluster.js';
import { FROM, namesOfVersion, secondsOf, TO } from './versions.js';

/** Three control planes and two workers, under clients that ask all the time; killed twice. Prints the figures of docs/upgrade.md. */
const CONTROL_PLANES = ['node1', 'node2', 'node3'];
const WORKERS = ['node4', 'node5'];
let cluster: LabHandle;
let later: string;
let addresses: readonly string[];

beforeAll(async () => {
  const made = await earlierHosts('upgrade-three', 5, (text) =>
    text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane'),
  );
  ({ cluster, later } = made);
  addresses = made.addresses.slice(0, CONTROL_PLANES.length);
  await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

test('killed between two control planes and while a worker is empty, it goes on to the end; no client is without an answer for long', async () => {
  const port = await startBudgetedWeb(cluster);
  const stopServers = watchServers(addresses);
  const stopPage = watchPage(addresses[0] ?? '', port);

  const second = await cutBetweenControlPlanes(['upgrade', '-i', later]);
  expect(second).toBe('killed');
  expect(new Set((await kubelets(cluster)).split(' ').map((each) => each.split('=')[1]))).toEqual(
    new Set([`v${FROM}`]),
  );

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
  expect(await kubelets(cluster)).toBe([...CONTROL_PLANES, ...WORKERS].map((name) => `${name}=v${TO}`).join(' '));
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
