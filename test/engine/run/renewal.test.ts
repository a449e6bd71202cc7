import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HostsOutcome } from '../../../src/engine/run/outcome.js';
import type { HostsRun } from '../../../src/engine/run/pass.js';
import { renewing } from '../../../src/engine/run/renewal.js';
import type { KinitEvent } from '../../../src/model/event.js';
import type { Renewal } from '../../../src/pki/index.js';

const NOW = new Date('2030-05-01T10:00:00.400Z');
const SECONDS = 1_000;
const HOUR = 3_600_000;
const ALL = { renewal: 'all', missing: false } as const;

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** Hosts by name with what they have noted, which changes as it is written; and what was told. */
function site(notes: Record<string, string>, more: Partial<HostsRun> = {}): { run: HostsRun; told: KinitEvent[] } {
  const told: KinitEvent[] = [];
  const live = Object.keys(notes).map((name) => ({
    spec: { name },
    connection: {
      run: (script: string) => {
        const [, line] = /set -- '?\/var\/lib\/kinit\/renewal'? '([0-9]+ [a-z]+)'/.exec(script) ?? [];
        if (line !== undefined) notes[name] = line;
        return Promise.resolve({ code: 0, stdout: line === undefined ? (notes[name] ?? '') : '', stderr: '' });
      },
    },
  }));
  const run = {
    live,
    selected: new Set(Object.keys(notes)),
    inventory: { spec: { parallel: 4, hosts: [] } },
    renewalOf: () => 'due',
    dryRun: false,
    emit: (event: KinitEvent) => void told.push(event),
    ...more,
  } as unknown as HostsRun;
  return { run, told };
}

const outcome = (failed: readonly string[] = []): HostsOutcome =>
  ({ timings: [], failures: new Map(failed.map((name) => [name, new Error('x')])) }) as unknown as HostsOutcome;

async function renewals(run: HostsRun, names: readonly string[]): Promise<Renewal[]> {
  const found: Renewal[] = [];
  await renewing(run, ALL, ({ renewalOf }) => {
    found.push(...names.map(renewalOf));
    return Promise.resolve(outcome());
  });
  return found;
}

const noted = (before: number, state: string): string =>
  `${String(Math.floor((NOW.getTime() - before) / SECONDS))} ${state}`;

test('all certificates of the hosts asked for are renewed, and it is noted there that they are, and were', async () => {
  const notes = { a: '', b: '' };
  const { run, told } = site(notes);
  const during: string[] = [];
  await renewing(run, ALL, ({ renewalOf }) => {
    during.push(notes.a, notes.b, String(renewalOf('a')), String(renewalOf('other')));
    return Promise.resolve(outcome());
  });
  expect(during).toEqual([noted(0, 'started'), noted(0, 'started'), 'all', 'due']);
  expect([notes, told]).toEqual([{ a: noted(0, 'finished'), b: noted(0, 'finished') }, []]);
});

test('one that was cut is gone on with from when it began, and told; one that came to its end, or began long ago, is not', async () => {
  const notes = { cut: noted(HOUR, 'started'), done: noted(HOUR, 'finished'), old: noted(25 * HOUR, 'started') };
  const { run, told } = site(notes);
  const since = new Date(Math.floor((NOW.getTime() - HOUR) / SECONDS) * SECONDS);
  await expect(renewals(run, ['cut', 'done', 'old'])).resolves.toEqual([{ madeBefore: since }, 'all', 'all']);
  expect(told).toEqual([
    {
      type: 'warning',
      host: 'cut',
      text: 'renewing all its certificates was begun at 2030-05-01T09:00:00.000Z and did not come to its end: it is gone on with, and what was made since then stays',
    },
  ]);
});

test.each([
  ['has failed', ALL, ['b']],
  ['does not answer', { ...ALL, missing: true }, []],
] as const)('as long as a host %s, all of them are gone on with', async (_, asked, failed) => {
  const notes = { a: '', b: '' };
  await renewing(site(notes).run, asked, () => Promise.resolve(outcome(failed)));
  expect(notes).toEqual({ a: noted(0, 'started'), b: noted(0, 'started') });
});

test('nothing is noted in a dry run, and where only those that are due are renewed', async () => {
  const notes = { a: '' };
  await renewals(site(notes, { dryRun: true }).run, ['a']);
  await renewing(site(notes).run, { renewal: undefined, missing: false }, () => Promise.resolve(outcome()));
  expect(notes).toEqual({ a: '' });
});

test('a host that cannot note it holds up no other one', async () => {
  const notes = { full: '', b: '' };
  const { run, told } = site(notes);
  const [full] = run.live;
  const asked = vi.fn(() => Promise.resolve({ code: 1, stdout: '', stderr: 'No space left on device\n' }));
  (full as { connection: unknown }).connection = { run: asked };
  await expect(renewals(run, ['full', 'b'])).resolves.toEqual(['all', 'all']);
  expect(notes.b).toBe(noted(0, 'finished'));
  const text =
    'could not note on the host that its certificates are made anew (No space left on device): a renewal that is cut is not gone on with there as it should';
  expect(told).toEqual([1, 2].map(() => ({ type: 'warning', host: 'full', text })));
});
