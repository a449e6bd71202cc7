import { expect, test } from 'vitest';
import { withClocksSet } from '../../../src/engine/session/clocks.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { LoadedInventory } from '../../../src/model/spec.js';

const inventory = { spec: { parallel: 4, hosts: [] } } as unknown as LoadedInventory;

/** @param off seconds that its clock is ahead of this machine's; @param ran takes what is run on it */
function live(name: string, off: number, ran: string[] = []): LiveHost {
  return {
    spec: { name },
    facts: { clockOffsetMs: off * 1000 },
    connection: {
      run: (script: string) => {
        ran.push(script);
        return Promise.resolve({ code: 1, stdout: '', stderr: 'date: cannot set date: Operation not permitted\n' });
      },
    },
  } as unknown as LiveHost;
}

const set = (hosts: readonly LiveHost[], told: KinitEvent[] = []): ReturnType<typeof withClocksSet> =>
  withClocksSet({ live: hosts, lost: [] }, { inventory, emit: (event) => void told.push(event as KinitEvent) });

test('clocks that are near are left alone', async () => {
  const hosts = [live('a', 0), live('b', -4)];
  await expect(set(hosts)).resolves.toEqual({ live: hosts, lost: [] });
});

test('hosts that agree against this machine are not set by it', async () => {
  const ran: string[] = [];
  const hosts = [live('a', 3600, ran), live('b', 3601, ran), live('c', 0, ran)];
  await expect(set(hosts)).rejects.toMatchObject({
    message: 'the clock of this machine is the one that is off; no clock was set',
    context: {
      class: 'refused',
      found: '2 of 3 hosts agree with one another, and are 3600 s ahead of it',
    },
  });
  expect(ran).toEqual([]);
});

test('one that cannot be set is told with what came back', async () => {
  const ran: string[] = [];
  await expect(set([live('a', 11 * 365 * 86_400, ran), live('b', 0)])).rejects.toMatchObject({
    message: 'the clock could not be set',
    context: { class: 'change', host: 'a', found: 'date: cannot set date: Operation not permitted' },
  });
  expect(ran[0]).toContain(`date -u -s "@$1"`);
});
