import { expect, test } from 'vitest';
import { renderJunit } from '../../../../src/cli/render/files/junit.js';
import { newRecord, recording, type RunRecord } from '../../../../src/cli/render/record.js';
import { renderSummary } from '../../../../src/cli/render/tables/summary.js';
import { paint } from '../../../../src/cli/terminal/colour.js';
import type { KinitEvent } from '../../../../src/model/event.js';

const place = { seconds: 1.5, roundTrips: 1 };
const host = { seconds: 1, execChannels: 1, roundTrips: 1 };

function recorded(events: readonly KinitEvent[]): RunRecord {
  const record = newRecord();
  const emit = recording(record, () => undefined);
  for (const event of events) emit(event);
  return record;
}

const run = recorded([
  {
    type: 'run-started',
    command: 'init',
    hosts: ['a', 'b'],
    phases: ['swap', 'join', 'node'].map((id) => ({ id, title: id })),
  },
  {
    type: 'check',
    host: 'a',
    check: { name: 'memory', title: 'Memory', status: 'error', found: '1 <GB>', hint: 'more & more' },
  },
  { type: 'check', host: 'b', check: { name: 'memory', title: 'Memory', status: 'ok', found: '4 GB' } },
  {
    type: 'change-applied',
    host: 'a',
    phase: 'swap',
    change: { resource: 'swap', action: 'run', summary: 'turn swap off', reason: 'is on' },
  },
  { type: 'phase-finished', host: 'a', phase: 'swap', changes: 1, ...place },
  {
    type: 'phase-failed',
    host: 'a',
    phase: 'join',
    message: 'a did not "join"',
    error: { class: 'timeout', host: 'a', phase: 'join', found: 'line 1\nline 2\u001b[31m', hint: 'look' },
  },
  { type: 'phase-finished', host: 'b', phase: 'swap', changes: 0, reason: 'no swap', ...place },
  { type: 'host-finished', host: 'a', outcome: 'failed', changes: 1, ...host },
  { type: 'host-finished', host: 'b', outcome: 'done', changes: 0, ...host },
]);

test('phases and checks of every host are test cases; what was not reached is skipped', () => {
  const xml = renderJunit(run, { command: 'init', seconds: 3, changesFail: false });
  expect(xml.split('\n')).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="kinit init" tests="6" failures="2" errors="0" skipped="1" time="3.000">',
    '  <testsuite name="a" tests="4" failures="2" errors="0" skipped="1" time="1.500">',
    '    <testcase classname="kinit.a.preflight" name="memory" time="0.000"><failure message="Memory: 1 &lt;GB&gt;">more &amp; more</failure></testcase>',
    '    <testcase classname="kinit.a" name="swap" time="1.500"><system-out>turn swap off (is on)</system-out></testcase>',
    '    <testcase classname="kinit.a" name="join" time="0.000"><failure message="a did not &quot;join&quot;">found: line 1&#10;line 2&#10;next: look</failure></testcase>',
    '    <testcase classname="kinit.a" name="node" time="0.000"><skipped message="not reached: join failed"/></testcase>',
    '  </testsuite>',
    '  <testsuite name="b" tests="2" failures="0" errors="0" skipped="0" time="1.500">',
    '    <testcase classname="kinit.b.preflight" name="memory" time="0.000"><system-out>Memory: 4 GB</system-out></testcase>',
    '    <testcase classname="kinit.b" name="swap" time="1.500"><system-out>no swap</system-out></testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ]);
});

test('a failure that belongs to no host is a test case of its own', () => {
  const xml = renderJunit(newRecord(), {
    command: 'init',
    seconds: 1,
    changesFail: false,
    failure: { message: 'locked', error: { class: 'locked' } },
  });
  expect(xml).toContain('<testcase classname="kinit.run" name="init" time="0.000"><failure message="locked">');
});

test('plan --exit-code: a drift is a failure', () => {
  const drift = recorded([
    { type: 'run-started', command: 'plan', hosts: ['a'], phases: [{ id: 'swap', title: 'swap' }] },
    {
      type: 'change-planned',
      host: 'a',
      phase: 'swap',
      change: { resource: 'swap', action: 'run', summary: 'turn swap off', reason: 'is on' },
    },
    { type: 'phase-finished', host: 'a', phase: 'swap', changes: 1, ...place },
  ]);
  expect(renderJunit(drift, { command: 'plan', seconds: 1, changesFail: true })).toContain(
    '<failure message="1 to change">turn swap off (is on)</failure>',
  );
  expect(renderJunit(drift, { command: 'plan', seconds: 1, changesFail: false })).toContain('failures="0"');
});

test('the summary names every host, and why one is not through; when all are it says nothing', () => {
  expect(renderSummary(run, paint(false)).split('\n')).toEqual([
    'HOST  OUTCOME  CHANGES  TIME   WHERE AND WHY',
    'a     failed         1  1.0 s  join: a did not "join"',
    'b     done           0  1.0 s',
  ]);
  expect(
    renderSummary({ hosts: run.hosts.filter(({ outcome }) => outcome === 'done'), failures: [] }, paint(false)),
  ).toBe('');
});
