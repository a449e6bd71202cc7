import { expect, test } from 'vitest';
import { planDifferences, staleError } from '../../../src/engine/plan/compare.js';
import type { PlanContent, PlannedChange, PlannedHost } from '../../../src/model/plan.js';

const change = (resource: string, more: Partial<PlannedChange> = {}): PlannedChange => ({
  phase: 'sysctls',
  resource,
  action: 'update',
  summary: `write ${resource}`,
  reason: 'content differs',
  diff: '-a\n+b\n',
  wanted: 'a'.repeat(64),
  ...more,
});
const host = (changes: PlannedChange[], more: Partial<PlannedHost> = {}): PlannedHost => ({
  host: 'n1',
  machine: { machineId: 'm1', os: 'Debian 12', kernel: '6.1', arch: 'amd64' },
  pki: {},
  changes,
  ...more,
});
const plan = (hosts: PlannedHost[], more: Partial<PlanContent> = {}): PlanContent => ({
  kinit: '0.1.0',
  spec: { swap: 'off' },
  run: { hosts: ['n1'], skip: [], only: [], ignorePreflight: [] },
  hosts,
  ...more,
});

const reviewed = plan([host([change('a'), change('b')])]);
const differences = (now: PlanContent, resumed = false): string[] => planDifferences(reviewed, now, { resumed });

test('nothing differs: nothing to say', () => {
  expect(differences(plan([host([change('a'), change('b')])]))).toEqual([]);
});

test.each<[string, PlanContent, string[]]>([
  [
    'another change is needed',
    plan([host([change('a'), change('b'), change('c')])]),
    ['n1: [sysctls] not in the plan, and now needed: write c (content differs)', 'n1:   -a', 'n1:   +b'],
  ],
  [
    'a change is no longer needed',
    plan([host([change('a')])]),
    ['n1: [sysctls] in the plan, and no longer needed: write b'],
  ],
  [
    'the host has other content than was shown',
    plan([host([change('a'), change('b', { diff: '-x\n+b\n' })])]),
    [
      'n1: [sysctls] write b: what is there now differs from what was there; the change would now be:',
      'n1:   -x',
      'n1:   +b',
    ],
  ],
  [
    'another reason',
    plan([host([change('a'), change('b', { reason: 'does not exist', action: 'create' })])]),
    ['n1: [sysctls] write b: found now: does not exist; when it was reviewed: content differs'],
  ],
  [
    'an artifact is another one',
    plan([host([change('a'), change('b', { wanted: 'b'.repeat(64) })])]),
    [
      'n1: [sysctls] write b: what would be written is not what was reviewed (sha256 bbbbbbbbbbbb, was aaaaaaaaaaaa; an artifact or a fact of the host has changed)',
    ],
  ],
  [
    'another machine answers',
    plan([
      host([change('a'), change('b')], { machine: { machineId: 'm2', os: 'Debian 12', kernel: '6.1', arch: 'amd64' } }),
    ]),
    ['n1: machineId is m2, was m1: another machine answers'],
  ],
  [
    'a certificate is another one',
    plan([host([change('a'), change('b')], { pki: { '/ca.crt': 'c'.repeat(64) } })]),
    ['n1: /ca.crt was not there and is now'],
  ],
  ['a host more', plan([host([change('a'), change('b')]), host([], { host: 'n2' })]), ['n2: is no part of the plan']],
  ['a host less', plan([]), ['n1: does not answer, or is no longer in the inventory']],
  [
    'another kinit',
    plan([host([change('a'), change('b')])], { kinit: '0.2.0' }),
    ['kinit: the plan was made by version 0.1.0, this is 0.2.0'],
  ],
])('%s', (_what, now, lines) => {
  expect(differences(now)).toEqual(lines);
});

test('another inventory is shown as a diff', () => {
  expect(differences(plan([host([change('a'), change('b')])], { spec: { swap: 'keep' } })).slice(-2)).toEqual(
    expect.arrayContaining(['+  "swap": "keep"']),
  );
});

test('after an apply that was cut, what is done is no difference; what nobody reviewed still is', () => {
  expect(
    differences(plan([host([change('b', { diff: '-half\n+b\n' })], { pki: { '/ca.crt': 'c'.repeat(64) } })]), true),
  ).toEqual([]);
  expect(differences(plan([host([change('c')])]), true)).toHaveLength(3);
  expect(differences(plan([host([change('b', { wanted: 'b'.repeat(64) })])]), true)).toHaveLength(1);
});

test('the error has its own exit code, says that nothing was touched, and what to type', () => {
  const error = staleError(['n1: x', ...Array.from({ length: 100 }, () => 'more')], 'plan.json');
  expect(error.exitCode).toBe(19);
  expect(error.message).toContain('nothing was touched');
  expect(error.context.found).toContain('... and 21 more lines');
  expect(error.context.hint).toContain('kinit plan --out');
});
