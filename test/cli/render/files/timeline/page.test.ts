import { describe, expect, test } from 'vitest';
import { timelinePage } from '../../../../../src/cli/render/files/timeline/page.js';
import { criticalPath, spansOf, type Heard } from '../../../../../src/cli/render/files/timeline/spans.js';

const numbers = { changes: 1, seconds: 1, roundTrips: 1 };
const begun = (at: number, host: string, phase: string): Heard => ({
  at,
  event: { type: 'phase-started', host, phase, title: phase },
});
const through = (at: number, host: string, phase: string): Heard => ({
  at,
  event: { type: 'phase-finished', host, phase, ...numbers },
});

/** c1 brings the control plane up; w1 is done with its own work before and waits for it, then joins. */
const HEARD: readonly Heard[] = [
  {
    at: 5000,
    event: {
      type: 'run-started',
      command: 'init',
      hosts: ['c1', 'w1'],
      phases: ['images', 'control-plane', 'join'].map((id) => ({ id, title: `Title of ${id}` })),
    },
  },
  { at: 6000, event: { type: 'host-connected', host: 'c1', description: '' } },
  { at: 6500, event: { type: 'host-connected', host: 'w1', description: '' } },
  begun(7000, 'c1', 'images'),
  begun(7000, 'w1', 'images'),
  through(8000, 'w1', 'images'),
  { at: 8000, event: { type: 'phase-waiting', host: 'w1', phase: 'join', for: 'control-plane on c1' } },
  through(10_000, 'c1', 'images'),
  begun(10_000, 'c1', 'control-plane'),
  through(15_000, 'c1', 'control-plane'),
  begun(15_001, 'w1', 'join'),
  through(18_000, 'w1', 'join'),
];

test('work and waits of each host, in seconds from the begin', () => {
  expect(spansOf(HEARD).filter(({ host }) => host === 'w1')).toEqual([
    { host: 'w1', phase: 'connect', kind: 'work', from: 0, to: 1.5 },
    { host: 'w1', phase: 'facts and checks', kind: 'work', from: 1.5, to: 2 },
    { host: 'w1', phase: 'images', kind: 'work', from: 2, to: 3, changes: 1 },
    { host: 'w1', phase: 'join', kind: 'wait', from: 3, to: 10.001, for: 'control-plane on c1' },
    { host: 'w1', phase: 'join', kind: 'work', from: 10.001, to: 13, changes: 1 },
  ]);
});

test('a pause before a phase is a wait for a place; what never ended ends with the run', () => {
  const spans = spansOf([begun(0, 'a', 'x'), through(1000, 'a', 'x'), begun(3000, 'a', 'y'), begun(4000, 'b', 'x')]);
  expect(spans).toMatchObject([
    { phase: 'x', kind: 'work', to: 1 },
    { phase: 'y', kind: 'wait', from: 1, to: 3, for: 'others' },
    { host: 'a', phase: 'y', kind: 'work', from: 3, to: 4 },
    { host: 'b', phase: 'x', kind: 'work', from: 4, to: 4 },
  ]);
});

describe('what the length hangs on', () => {
  test('leads from the join over the control plane it waited for, not over its own early work', () => {
    expect(criticalPath(spansOf(HEARD)).map(({ host, phase }) => `${host} ${phase}`)).toEqual([
      'c1 connect',
      'c1 facts and checks',
      'c1 images',
      'c1 control-plane',
      'w1 join',
    ]);
  });

  test('of nothing is nothing', () => {
    expect(criticalPath([])).toEqual([]);
  });
});

test('the page needs nothing else, and what hosts say is no markup', () => {
  const page = timelinePage(
    [
      ...HEARD,
      {
        at: 15_500,
        event: { type: 'phase-failed', host: 'c1', phase: '<b>', message: '', error: { class: 'change' } },
      },
    ],
    'init',
  );
  expect(page).not.toMatch(/<script|https?:|<b>:/);
  expect(page.match(/class="work critical"/g)).toHaveLength(5);
  expect(page).toContain('waits for control-plane on c1');
  expect(page).toContain('Title of control-plane: 5.0 s');
});

test('nothing has happened: a page all the same', () => {
  expect(timelinePage([], 'init')).toContain('0 hosts');
});

test('minutes are whole ones', () => {
  const late = [...HEARD, begun(19_000, 'c1', 'join'), through(5000 + 119_700, 'c1', 'join')];
  expect(timelinePage(late, 'init')).toContain('<p>2 min 0 s');
});
