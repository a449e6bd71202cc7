import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, kinitEvents, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { watchServers } from '../e2e/support/servers.js';
import { controlPlanes, cutBetweenControlPlanes, earlierHosts, servers } from './cluster.js';
import { FROM, secondsOf, TO } from './versions.js';

/** Three control planes, in either form: to a soak and back, each cut between two of them, under clients that ask all the time. */
let cluster: LabHandle;
let later: string;
let addresses: readonly string[];

beforeAll(async () => {
  ({ cluster, later, addresses } = await earlierHosts('upgrade-soak-three', 3, (text) => controlPlanes(text, 3)));
  await kinitOk(['init', '-i', cluster.inventory], { timeoutSeconds: 3000 });
}, 60 * 60_000);

afterAll(async () => {
  await cluster.down();
});

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
    expect(await servers(cluster, addresses)).toEqual(addresses.map(() => `v${version}`));
    const { events: again } = await kinitEvents(['plan', '-i', cluster.inventory]);
    expect(all(again, 'change-planned').map(({ change }) => change.summary)).toEqual([]);
    expect(seen.awayAtOnce).toBeLessThanOrEqual(1);
    expect(seen.any).toBeLessThanOrEqual(5);
  },
);
