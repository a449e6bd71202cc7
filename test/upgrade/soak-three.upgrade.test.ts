import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { watchServers } from '../e2e/support/servers.js';
import { cutBetweenControlPlanes, earlierHosts } from './cluster.js';
import { FROM, secondsOf, TO } from './versions.js';

/** Three control planes: to a soak and back, each cut between two of them, under clients that ask all the time. */
let cluster: LabHandle;
let later: string;
let addresses: readonly string[];

beforeAll(async () => {
  ({ cluster, later, addresses } = await earlierHosts('upgrade-soak-three', 3, (text) =>
    text.replaceAll('- worker', '- control-plane'),
  ));
  await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
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

test.each([
  ['--soak', TO],
  ['--back', FROM],
])(
  '%s, cut between two control planes, goes on to the end; one API server is away at most',
  async (option, version) => {
    const stop = watchServers(addresses);
    expect(await cutBetweenControlPlanes(['upgrade', option, '-i', later])).toBe('killed');
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
