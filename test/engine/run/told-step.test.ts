import { expect, test } from 'vitest';
import type { PhaseTiming } from '../../../src/engine/run/outcome.js';
import { stoppedOnRequest } from '../../../src/engine/run/stopped.js';
import { toldStep } from '../../../src/engine/run/told-step.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { fakeHost } from '../../cluster/fakes.js';

/** What a step tells, as 'EVENT', the changes of its timings, and what it threw. */
async function told(act: Parameters<typeof toldStep>[3], signal = new AbortController().signal) {
  const events: string[] = [];
  const timings: PhaseTiming[] = [];
  const host = { spec: { name: 'n1' }, connection: fakeHost() } as unknown as LiveHost;
  const options = {
    emit: ({ type }: { readonly type: string }) => void events.push(type),
    signal,
    onTiming: (timing: PhaseTiming) => void timings.push(timing),
  };
  const error: unknown = await toldStep({ id: 'drain', title: 'Drain' }, host, options, act).catch(
    (thrown: unknown) => thrown,
  );
  return {
    events,
    error,
    changes: timings.map(({ host: name, phase, changes }) => `${name} ${phase} ${String(changes)}`),
  };
}

test('it is told that a step began, goes on and is through, with what it changed', async () => {
  const { events, error, changes } = await told(async ({ progress, made }) => {
    progress('half');
    made();
    made(2);
  });
  expect(error).toBeUndefined();
  expect(events).toEqual(['phase-started', 'progress', 'phase-finished']);
  expect(changes).toEqual(['n1 drain 3']);
});

test('one that fails is told with host and step, and what it changed until then counts', async () => {
  const { events, error, changes } = await told(async ({ made }) => {
    made();
    throw new Error('no');
  });
  expect(events).toEqual(['phase-started', 'phase-failed']);
  expect(error).toMatchObject({ context: { host: 'n1', phase: 'drain' } });
  expect(changes).toEqual(['n1 drain 1']);
});

test('one that was stopped on request did not fail; after a stop none begins', async () => {
  const { events } = await told(async () => {
    throw stoppedOnRequest();
  });
  expect(events).toEqual(['phase-started']);
  const never = await told(async () => undefined, AbortSignal.abort());
  expect(never).toMatchObject({ events: [], changes: [], error: { context: { class: 'interrupted' } } });
});
