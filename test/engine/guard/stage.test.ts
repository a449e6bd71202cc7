import { expect, test } from 'vitest';
import type { Command, UpgradeStage } from '../../../src/engine/command.js';
import { NO_CLUSTER } from '../../../src/engine/guard/cluster.js';
import { wrongStage, type StageInput } from '../../../src/engine/guard/stage.js';
import type { RecordedMove } from '../../../src/model/record.js';
import { makeContext } from '../../templates/context.js';

const specOf = (input: Record<string, unknown> = {}): StageInput['spec'] =>
  makeContext({ kubernetesVersion: '1.36.3', ...input }).spec;

interface Asked {
  readonly step?: string;
  readonly moves?: readonly RecordedMove[];
  readonly stage?: UpgradeStage;
  readonly command?: Command;
  readonly running?: string;
  readonly spec?: StageInput['spec'];
}

/** What is said; '' where nothing is. */
function said({ step, moves, stage, command = 'upgrade', running = '1.36.3', spec = specOf() }: Asked): string {
  const move = { what: 'upgrade', from: '1.35.4', to: '1.36.3' };
  const known = {
    ...NO_CLUSTER,
    exists: true,
    running,
    oldest: running,
    moves: moves ?? (step === undefined ? [] : [{ ...move, step }]),
  };
  const error = wrongStage({ spec, known, command, stage }, 'node1');
  if (error === undefined) return '';
  expect(error.context).toMatchObject({ class: 'refused', host: 'node1' });
  return [error.message, error.context.found, error.context.hint].join(' | ');
}

const ONES_WAY = [{ what: 'upgrade', from: '1.35.4', to: '1.36.3' }];

test('a cluster that soaks is worked on as any other, but for other runtimes', () => {
  for (const command of ['init', 'plan', 'join', 'apply', 'check'] as const)
    expect(said({ step: 'soak', command })).toBe('');
  expect(said({ step: 'soak', command: 'runtime-change' })).toContain('End that first');
});

test('an upgrade of it has to say how it ends', () => {
  expect(said({ step: 'soak' })).toMatch(/soaks.*1\.36\.3 behaves as 1\.35.*--finish.*--back returns to 1\.35\.4/);
  for (const stage of ['soak', 'finish', 'back'] as const) expect(said({ step: 'soak', stage })).toBe('');
});

test('on its way there and back it is gone on with by what it was begun with, or turned round; all else is refused', () => {
  for (const step of ['to-soak', 'from-soak']) {
    expect(said({ step, stage: 'soak' })).toBe('');
    expect(said({ step, stage: 'back' })).toBe('');
    expect(said({ step, stage: 'finish' })).toContain('nothing was changed');
    expect(said({ step })).toContain('nothing was changed');
    expect(said({ step, command: 'init' })).toContain('kinit upgrade --back');
  }
  expect(said({ step: 'to-soak', command: 'init' })).toContain('kinit upgrade --soak goes on');
});

test('what does not soak cannot go back, with the reason', () => {
  expect(said({ stage: 'back' })).toMatch(/does not soak.*runs Kubernetes 1\.36\.3.*copy of the data/);
  expect(said({ stage: 'back', moves: ONES_WAY })).toMatch(
    /on its way from 1\.35\.4 to 1\.36\.3.*kinit upgrade goes on/,
  );
});

test('what does not soak is finished only where that was begun, or is through', () => {
  expect(said({ stage: 'finish', running: '1.35.4' })).toMatch(/nothing to finish.*kinit upgrade --soak/);
  expect(said({ stage: 'finish', moves: ONES_WAY })).toBe('');
  expect(said({ stage: 'finish' })).toBe('');
});

test('a cluster comes to soak from the minor version before, and not in the middle of another upgrade', () => {
  expect(said({ stage: 'soak', running: '1.35.4' })).toBe('');
  expect(said({ stage: 'soak', running: '1.36.1' })).toContain('this is the same one');
  expect(said({ stage: 'soak', running: '1.35.4', moves: ONES_WAY })).toContain('Run kinit upgrade: it goes on');
});

test('what cannot soak is refused: a bundle, an inventory that says as what they behave', () => {
  const soak = { stage: 'soak', running: '1.35.4' } as const;
  const embedded = { controlPlane: { mode: 'embedded' }, datastore: 'sqlite' };
  expect(said({ ...soak, spec: specOf(embedded) })).toBe('');
  const artifacts = { source: 'bundle', bundleFile: '/x.tar.br' };
  expect(said({ ...soak, spec: specOf({ artifacts }) })).toContain('a bundle has one');
  const scheduler = { extraArgs: { 'emulated-version': '1.34' } };
  expect(said({ ...soak, spec: specOf({ scheduler }) })).toContain('scheduler.extraArgs: emulated-version');
});

test('where there is no cluster there is nothing to say', () => {
  expect(wrongStage({ spec: specOf(), known: NO_CLUSTER, command: 'init' }, 'node1')).toBeUndefined();
});
