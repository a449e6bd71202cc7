import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { all, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { watchServers } from '../e2e/support/servers.js';
import { FROM, secondsOf, TO } from './versions.js';

/** Three control planes: to a soak and back, each cut between two of them, under clients that ask all the time. */
let cluster: LabHandle;
let later: string;
let addresses: string[];

beforeAll(async () => {
  const made = await lab('upgrade-soak-three', { hosts: 3 });
  const three = (text: string): string => {
    addresses = [...text.matchAll(/address: (\S+)/g)].map(([, address = '']) => address);
    return text.replaceAll('- worker', '- control-plane');
  };
  later = await changedInventory(made, 'later', three);
  const earlier = await changedInventory(made, 'earlier', (text) => `${three(text)}\nkubernetesVersion: ${FROM}\n`);
  cluster = { ...made, inventory: earlier };
  await kinitOk(['init', '-i', earlier], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

/** Versions of the API servers, by their images. */
async function servers(): Promise<string[]> {
  const text = await cluster.kubectl(
    '-n kube-system get pods -l component=kube-apiserver -o jsonpath=\'{range .items[*].spec.containers[*]}{.image}{"\\n"}{end}\'',
  );
  return text
    .trim()
    .split('\n')
    .map((image) => image.replace(/.*:v?/, ''))
    .sort();
}

/** Kills it when one control plane is through and the next one is on its way. */
const cutBetween = (args: readonly string[]): Promise<string> =>
  cutWhen(args, async (events) => {
    const through = new Set<string>();
    for await (const event of events) {
      if (event.type === 'phase-finished' && event.phase === 'stable') through.add(event.host);
      const begins = event.type === 'phase-started' && event.phase === 'control-plane' && !through.has(event.host);
      if (begins && through.size === 1) return;
    }
  });

test.each([
  ['--soak', TO],
  ['--back', FROM],
])(
  '%s, cut between two control planes, goes on to the end; one API server is away at most',
  async (option, version) => {
    const stop = watchServers(addresses);
    expect(await cutBetween(['upgrade', option, '-i', later])).toBe('killed');
    const { code, events, stderr } = await kinitEvents(['upgrade', option, '-i', later], { timeoutSeconds: 1800 });
    const seen = await stop();
    process.stdout.write(
      `${option}: without an answer of any API server: ${String(seen.any)} s; away at once, at most: ${String(seen.awayAtOnce)}\n${secondsOf(all(events, 'phase-finished'))}\n`,
    );
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(await servers()).toEqual([version, version, version]);
    const { events: again } = await kinitEvents(['plan', '-i', cluster.inventory]);
    expect(all(again, 'change-planned').map(({ change }) => change.summary)).toEqual([]);
    expect(seen.awayAtOnce).toBeLessThanOrEqual(1);
    expect(seen.any).toBeLessThanOrEqual(5);
  },
);
