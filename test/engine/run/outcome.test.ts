import { expect, test } from 'vitest';
import {
  hostResults,
  reportNothingDone,
  reportOutcome,
  runError,
  type HostResult,
} from '../../../src/engine/run/outcome.js';
import { KinitError, type ErrorClass } from '../../../src/model/error.js';
import type { KinitEvent } from '../../../src/model/event.js';

const result = (host: string, failed?: ErrorClass): HostResult => ({
  host,
  changes: 1,
  seconds: 2,
  execChannels: 3,
  roundTrips: 4,
  ...(failed === undefined ? {} : { error: new KinitError(`${host} failed`, { class: failed }) }),
});

const classOf = (...results: HostResult[]): string | undefined => {
  const error = runError(results, { leader: 'cp', retry: 'run it again' });
  return error instanceof KinitError ? error.context.class : undefined;
};

test('every host through: no error', () => {
  expect(classOf(result('cp'), result('w1'))).toBeUndefined();
});

test.each<[string, HostResult[], ErrorClass]>([
  ['one worker is down, the others are through', [result('cp'), result('w1', 'access'), result('w2')], 'partial'],
  ['workers failed for different reasons', [result('cp'), result('w1', 'access'), result('w2', 'timeout')], 'partial'],
  ['all failed for the same reason', [result('w1', 'access'), result('w2', 'access')], 'access'],
  ['all failed, for different reasons', [result('w1', 'access'), result('w2', 'change')], 'partial'],
  ['one host and it failed', [result('w1', 'timeout')], 'timeout'],
  ['the leader failed and workers were not started', [result('cp', 'timeout'), result('w1', 'partial')], 'timeout'],
  [
    'the leader failed though workers are through: no working cluster',
    [result('cp', 'timeout'), result('w1')],
    'timeout',
  ],
  [
    'the leader failed, and a worker for another reason',
    [result('cp', 'change'), result('w1', 'access'), result('w2')],
    'change',
  ],
  [
    '--strict: one failed and stopped the others',
    [result('cp', 'partial'), result('w1', 'change'), result('w2', 'partial')],
    'change',
  ],
])('%s', (_what, results, expected) => {
  expect(classOf(...results)).toBe(expected);
});

test('the error of several names each with its own words', () => {
  const error = runError([result('cp'), result('w1', 'access'), result('w2', 'timeout')], { retry: 'run it again' });
  expect(error).toMatchObject({
    message: '2 of 3 hosts failed: w1, w2',
    context: { found: 'w1: w1 failed\nw2: w2 failed', hint: 'Mend the hosts named above, then run it again.' },
  });
});

test('each host is told of: done, failed, or stopped because of another', () => {
  const events: KinitEvent[] = [];
  reportOutcome(
    (event) => events.push(event),
    [result('cp'), result('w1', 'access'), result('w2', 'partial'), result('w3', 'interrupted')],
    9,
  );
  expect(events.flatMap((event) => (event.type === 'host-finished' ? [event.outcome] : []))).toEqual([
    'done',
    'failed',
    'stopped',
    'stopped',
  ]);
  expect(events.at(-1)).toEqual({ type: 'run-finished', changes: 4, seconds: 9, failedHosts: ['w1', 'w2', 'w3'] });
});

test('a run that changes nothing is not done in part: its failure is the failure of the host', () => {
  const error = runError([result('cp'), result('w1', 'access')], {
    leader: 'cp',
    retry: 'run it again',
    changing: false,
  });
  expect(error?.context.class).toBe('access');
});

test('a run that ended before any host was worked on is told as finished, with none through', () => {
  const events: KinitEvent[] = [];
  reportNothingDone((event) => events.push(event), ['cp', 'w1'], 3);
  expect(events).toEqual([{ type: 'run-finished', changes: 0, seconds: 3, failedHosts: ['cp', 'w1'] }]);
});

test('the result of a host is the sum of its phases; one that never answered has nothing but its error', () => {
  const live = [
    { spec: { name: 'cp' }, connection: { stats: { execChannels: 2, roundTrips: 9 } } },
  ] as unknown as Parameters<typeof hostResults>[1];
  const timing = (changes: number) => ({ host: 'cp', phase: 'p', seconds: 1.5, roundTrips: 1, changes });
  expect(
    hostResults(['cp', 'w1'], live, [timing(1), timing(2)], (host) => (host === 'w1' ? 'lost' : undefined)),
  ).toEqual([
    { host: 'cp', changes: 3, seconds: 3, execChannels: 2, roundTrips: 9 },
    { host: 'w1', error: 'lost', changes: 0, seconds: 0, execChannels: 0, roundTrips: 0 },
  ]);
});
