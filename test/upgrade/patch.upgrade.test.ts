import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, failuresOf, kinit, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { watchPage, watchServers } from '../e2e/support/servers.js';
import { controlPlanes, earlierHosts, keepSomething, kubelets, servers, startBudgetedWeb } from './cluster.js';
import { PATCH_FROM, secondsOf, TO } from './versions.js';

/** A patch step of one control plane and two workers, in either form (KINIT_TEST_FORM), killed once between two nodes. */
const HOSTS = ['node1', 'node2', 'node3'];
let cluster: LabHandle;
let later: string;
let addresses: readonly string[];

beforeAll(async () => {
  ({ cluster, later, addresses } = await earlierHosts(
    'upgrade-patch',
    HOSTS.length,
    (text) => controlPlanes(text, 1),
    PATCH_FROM,
  ));
  await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

const everyNode = (version: string): string => HOSTS.map((name) => `${name}=v${version}`).join(' ');

test('init does not do it, and a patch version does not soak', async () => {
  expect(await kubelets(cluster)).toBe(everyNode(PATCH_FROM));
  const init = await kinit(['init', '-i', later]);
  expect({ code: init.code, stderr: init.stderr }).toEqual({
    code: 20,
    stderr: expect.stringMatching(new RegExp(`${PATCH_FROM}.*${TO}[^]*kinit upgrade`)) as string,
  });
  const soak = await kinit(['upgrade', '--soak', '-i', later]);
  expect({ code: soak.code, stderr: soak.stderr }).toMatchObject({
    code: 20,
    stderr: expect.stringContaining('behaves as the minor version before, and this is the same one') as string,
  });
});

test('killed when one worker is through, it goes on to the end; what was kept is there, and the page is never without an answer for long', async () => {
  const port = await startBudgetedWeb(cluster);
  const kept = await keepSomething(cluster);
  const before = await kept();
  const stopServers = watchServers(addresses.slice(0, 1));
  const stopPage = watchPage(addresses[1] ?? '', port);

  expect(
    await cutWhen(['upgrade', '-i', later], async (events) => {
      for await (const event of events)
        if (event.type === 'phase-finished' && event.phase === 'uncordon' && event.host !== 'node1') return;
    }),
  ).toBe('killed');
  const { code, events, stderr } = await kinitEvents(['upgrade', '-i', later], { timeoutSeconds: 1500 });
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
  const [api, page] = [await stopServers(), await stopPage()];
  process.stdout.write(
    `without an answer of the API server: ${String(api.any)} s; the page of two replicas: ${String(page)} s\n${secondsOf(all(events, 'phase-finished'))}\n`,
  );
  expect(await kubelets(cluster)).toBe(everyNode(TO));
  expect(await servers(cluster, addresses.slice(0, 1))).toEqual([`v${TO}`]);
  expect(await kept()).toBe(before);
  expect(page).toBeLessThanOrEqual(5);
});

test('all of it is as the inventory says: init changes nothing', async () => {
  const { code, events } = await kinitEvents(['init', '-i', later]);
  expect({ code, applied: all(events, 'change-applied'), failures: failuresOf(events) }).toEqual({
    code: 0,
    applied: [],
    failures: [],
  });
});
