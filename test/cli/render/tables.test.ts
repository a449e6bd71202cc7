import { expect, test } from 'vitest';
import { paint } from '../../../src/cli/terminal/colour.js';
import { renderPlan } from '../../../src/cli/render/tables/changes.js';
import { renderChecks } from '../../../src/cli/render/tables/checks.js';
import { newRecord, recording } from '../../../src/cli/render/record.js';
import { bytes, duration } from '../../../src/cli/render/text.js';
import { renderSummary } from '../../../src/cli/render/tables/summary.js';
import { table } from '../../../src/cli/render/tables/table.js';
import { renderTiming } from '../../../src/cli/render/tables/timing.js';

const plain = paint(false);
const diff = '--- /etc/hosts\n+++ /etc/hosts\n@@ -1 +1 @@\n-old\n+new\u001b[2J';
const file = {
  resource: 'file:/etc/hosts',
  action: 'update',
  summary: 'write /etc/hosts (644)',
  reason: 'content differs',
  diff,
} as const;
const link = { resource: 'link:/x', action: 'delete', summary: 'remove /x', reason: 'not wanted' } as const;

test('a plan groups changes by host in the order of the inventory and shows diffs', () => {
  const changes = [
    { host: 'b', phase: 'hosts-file', change: file },
    { host: 'a', phase: 'binaries', change: link },
  ];
  expect(renderPlan(changes, ['a', 'b', 'c'], plain)).toBe(
    [
      'a: 1 change',
      '  - remove /x  [binaries] not wanted',
      '',
      'b: 1 change',
      '  ~ write /etc/hosts (644)  [hosts-file] content differs',
      '      --- /etc/hosts',
      '      +++ /etc/hosts',
      '      @@ -1 +1 @@',
      '      -old',
      '      +new',
      '',
      'Plan: 2 changes on 2 hosts. Nothing was touched.',
    ].join('\n'),
  );
});

test('an empty plan says so', () => {
  expect(renderPlan([], ['a'], plain)).toBe('Nothing to change.');
});

test('diffs are coloured on a terminal', () => {
  const text = renderPlan([{ host: 'a', phase: 'p', change: file }], ['a'], paint(true));
  expect(text).toContain('\u001b[32m+new\u001b[39m');
  expect(text).toContain('\u001b[31m-old\u001b[39m');
});

test('checks are a table; what to do stands below it, once for all hosts', () => {
  const text = renderChecks(
    [
      {
        host: 'a',
        check: {
          name: 'memory',
          title: 'Memory',
          status: 'error',
          found: '900 MB',
          minimum: '1700 MB',
          recommended: '4000 MB',
          hint: 'Add memory.',
        },
      },
      { host: 'b', check: { name: 'memory', title: 'Memory', status: 'error', found: '901 MB', hint: 'Add memory.' } },
      { host: 'a', check: { name: 'cpus', title: 'CPUs', status: 'ok', found: '2', minimum: '2' } },
    ],
    plain,
  );
  expect(text.split('\n')).toEqual([
    'HOST  STATUS  CHECK   FOUND   MINIMUM  RECOMMENDED',
    'a     error   memory  900 MB  1700 MB  4000 MB',
    'b     error   memory  901 MB',
    '',
    'error memory (a, b): Add memory.',
    '',
    '3 checks on 2 hosts: 2 errors, 0 warnings. --verbose shows them all.',
  ]);
});

const hundred = Array.from({ length: 100 }, (_, index) => `node${String(index + 1)}`);
const memory = { name: 'memory', title: 'Memory', status: 'ok', found: '4 GB', minimum: '2 GB' } as const;

test('a hundred hosts that are fine are one line; --verbose shows each', () => {
  const rows = hundred.map((host) => ({ host, check: memory }));
  expect(renderChecks(rows, plain)).toBe(
    '100 hosts: ok (node[1-100]).\n\n100 checks on 100 hosts: 0 errors, 0 warnings. --verbose shows them all.',
  );
  expect(renderChecks(rows, plain, true).split('\n').length).toBeGreaterThan(100);
});

test('what is the same on many hosts is one line, whatever each of them has', () => {
  const rows = hundred.map((host, index) => ({
    host,
    check:
      index % 10 === 0 ? { ...memory, status: 'error' as const, found: `${String(index)} MB`, hint: 'Add.' } : memory,
  }));
  expect(renderChecks(rows, plain).split('\n').slice(1, 5)).toEqual([
    'node[1,11,21,31,41,51,61,71,81,91]  error   memory  0 MB; 10 MB; 20 MB; ... (10 different)  2 GB',
    '',
    '90 hosts: ok (node[2-10,12-20,22-30,32-40,42-50,52-60,62-70,72-80,82-90,92-100]).',
    '',
  ]);
});

test('a plan for a hundred hosts tells what they have in common once, and one of many diffs', () => {
  const changes = hundred.flatMap((host, index) => [
    { host, phase: 'swap', change: { ...link, action: 'run' as const, summary: 'turn swap off', reason: 'it is on' } },
    { host, phase: 'hosts', change: { ...file, diff: `+${host}\n` } },
    ...(index === 6 ? [{ host, phase: 'binaries', change: link }] : []),
  ]);
  expect(renderPlan(changes, hundred, plain).split('\n')).toEqual([
    'node[1-100] (100 hosts): 2 changes each',
    '  ! turn swap off  [swap] it is on',
    '  ~ write /etc/hosts (644)  [hosts] content differs',
    "      node1's, one of 100; --verbose shows all:",
    '      +node1',
    '',
    'node7: 1 change',
    '  - remove /x  [binaries] not wanted',
    '',
    'Plan: 201 changes on 100 hosts. Nothing was touched.',
  ]);
  expect(renderPlan(changes, hundred, plain, true)).toContain('+node77');
});

test('the summary of a hundred hosts is as long as what went wrong', () => {
  const hosts = hundred.map((host, index) => ({
    type: 'host-finished' as const,
    host,
    outcome: index % 50 === 0 ? ('failed' as const) : ('done' as const),
    ...{ changes: 2, seconds: index, execChannels: 1, roundTrips: 1 },
  }));
  const failures = ['node1', 'node51'].map((host) => ({
    message: 'disk full',
    error: { class: 'change' as const, host, phase: 'binaries' },
  }));
  expect(renderSummary({ hosts, failures }, plain).split('\n')).toEqual([
    'HOST                    OUTCOME  CHANGES  TIME        WHERE AND WHY',
    'node1, node51           failed         4  50 s        binaries: disk full',
    'node[2-50,52-100] (98)  done         196  1 min 39 s',
  ]);
});

test('--timing is made from events: phases that did something, and exec channels by host', () => {
  const record = newRecord();
  const emit = recording(record, () => undefined);
  emit({ type: 'phase-finished', host: 'a', phase: 'swap', changes: 1, seconds: 1.234, roundTrips: 2 });
  emit({ type: 'phase-finished', host: 'a', phase: 'idle', changes: 0, seconds: 0.001, roundTrips: 0 });
  emit({ type: 'host-finished', host: 'a', outcome: 'done', changes: 1, seconds: 2, execChannels: 3, roundTrips: 4 });
  const lines = renderTiming(record).split('\n');
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['HOST', 'PHASE', 'SECONDS', 'CHANGES', 'ROUND TRIPS'],
    ['a', 'swap', '1.23', '1', '2'],
    [''],
    ['HOST', 'SECONDS', 'CHANGES', 'ROUND TRIPS', 'EXEC CHANNELS'],
    ['a', '2', '1', '4', '3'],
  ]);
});

test('sizes and durations as people say them', () => {
  expect([0, 512, 1024, 1536 * 1024, 3 * 1024 ** 3].map(bytes)).toEqual([
    '0 B',
    '512 B',
    '1.0 KiB',
    '1.5 MiB',
    '3.0 GiB',
  ]);
  expect([0.44, 12.4, 59.7, 185].map(duration)).toEqual(['0.4 s', '12 s', '1 min 00 s', '3 min 05 s']);
});

test('a cell without end does not push the others away', () => {
  const lines = table(['HOST', 'FOUND', 'MINIMUM'], [['a', 'x'.repeat(720_000), '1']]).split('\n');
  expect(lines.map(({ length }) => length)).toEqual([6 + 240 + 2 + 7, 6 + 240 + 2 + 1]);
  expect(lines[1]).toContain('xxx...');
});
