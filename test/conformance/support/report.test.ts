import { expect, test } from 'vitest';
import { choose } from './choice.js';
import { counts, leftOut, otherFailures, outcomes, table, type GinkgoReport, type GinkgoSpec } from './report.js';

const spec = (sig: string, text: string, State: string, more: Partial<GinkgoSpec> = {}): GinkgoSpec => ({
  ContainerHierarchyTexts: [`[${sig}] Pods`],
  ContainerHierarchyLabels: [[sig]],
  LeafNodeType: 'It',
  LeafNodeText: `${text} [Conformance]`,
  LeafNodeLabels: ['Conformance'],
  State,
  RunTime: 1.5e9,
  ...more,
});
const report: GinkgoReport = {
  SuiteSucceeded: false,
  SpecialSuiteFailureReasons: null,
  SpecReports: [
    spec('sig-node', 'start', 'passed'),
    spec('sig-node', 'stop', 'failed', { Failure: { Message: 'still there\nand more' } }),
    spec('sig-node', 'wait', 'skipped', { LeafNodeLabels: ['Conformance', 'Serial'] }),
    spec('sig-apps', 'roll', 'timedout'),
    spec('sig-apps', 'look', 'skipped', { Failure: { Message: 'needs two nodes' } }),
    spec('sig-apps', 'of no conformance', 'failed', { LeafNodeLabels: [] }),
    spec('sig-apps', '', 'failed', { LeafNodeType: 'SynchronizedBeforeSuite', Failure: { Message: 'no node' } }),
  ],
};

test('every conformance test of a report has an outcome, those that were not run with the reason', () => {
  const all = outcomes([report], choose(undefined, false).whyNot);
  expect(counts(all)).toBe('1 passed, 2 failed, 2 left out');
  expect(table(all)).toBe(
    [
      'sig-apps  0 passed, 1 failed, 1 left out',
      'sig-node  1 passed, 1 failed, 1 left out',
      'all       1 passed, 2 failed, 2 left out',
    ].join('\n'),
  );
  expect(all.filter(({ state }) => state === 'failed').map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    '[sig-node] Pods stop [Conformance]: failed: still there',
    '[sig-apps] Pods roll [Conformance]: timedout: ',
  ]);
  expect(leftOut(all)).toBe(
    [
      'left out, as it is Serial: KINIT_TEST_CONFORMANCE=all takes it (1):',
      '  [sig-node] Pods wait [Conformance]',
      'left out, needs two nodes (1):',
      '  [sig-apps] Pods look [Conformance]',
    ].join('\n'),
  );
});

test('what fails before all tests is told', () => {
  expect(otherFailures([report])).toEqual(['SynchronizedBeforeSuite: no node']);
});

test('all of them, or those of a name, serial ones too', () => {
  expect(choose(undefined, false).label).toBe('Conformance && !Serial && !Slow && !Disruptive');
  expect(choose(undefined, true).label).toBe('Conformance');
  expect(choose('sig-node', false)).toMatchObject({ label: 'Conformance', focus: 'sig-node' });
});
