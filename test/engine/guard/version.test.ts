import { expect, test } from 'vitest';
import { UPGRADE_MOVE } from '../../../src/model/soak.js';
import { refused } from '../../../src/engine/guard/refusal.js';
import { changedByOthers, versionRefusals, type VersionStep } from '../../../src/engine/guard/version.js';

const step = (running: string | undefined, wanted: string, more: Partial<VersionStep> = {}): string =>
  versionRefusals({ running, wanted, upgrades: true, open: true, ...more })
    .map(({ there, wanted: to, why, todo }) => `${there} -> ${to}: ${why}. ${todo}`)
    .join('\n');

test.each([
  ['the same', '1.36.3', '1.36.3'],
  ['a later patch version', '1.36.3', '1.36.4'],
  ['the next minor version', '1.35.9', '1.36.0'],
  ['of a cluster whose version cannot be told', undefined, '1.36.3'],
])('%s passes', (_what, running, wanted) => {
  expect(step(running, wanted)).toBe('');
});

test.each([
  ['an earlier patch version', '1.36.4', '1.36.3', 'does not go back', 'Ask for 1.36.4 or a later'],
  ['an earlier minor version', '1.36.0', '1.35.9', 'does not go back', 'Ask for 1.36.0 or a later'],
  ['two minor versions up', '1.34.2', '1.36.3', 'one minor version at a time', 'one of 1.35 first'],
  ['another major version', '1.36.3', '2.0.0', 'one minor version at a time', 'one of 1.37 first'],
])('%s is refused, with both versions', (_what, running, wanted, why, todo) => {
  const said = step(running, wanted);
  expect(said).toContain(`${running} -> ${wanted}`);
  expect(said).toContain(why);
  expect(said).toContain(todo);
});

test('what is asked for by an argument is not put on the inventory', () => {
  const refusals = (upgrades: boolean) =>
    versionRefusals({ running: '1.36.3', wanted: '1.36.2', upgrades, open: true });
  const error = refused(refusals(true), 'c1');
  expect(error.message).toBe('the cluster has kubernetesVersion 1.36.3, and 1.36.2 is asked for; nothing was changed');
  expect(error.context.found).toContain('the cluster has 1.36.3, asked for is 1.36.2');
  expect(refused(refusals(false), 'c1').message).toContain('and the inventory says 1.36.2');
  expect(refused(refusals(false), 'c1').context.hint).toBe('Set kubernetesVersion: 1.36.3.');
});

test('a later version comes by an upgrade alone, and not while the API is down', () => {
  expect(step('1.36.3', '1.36.4', { upgrades: false })).toContain('Run kinit upgrade');
  expect(step('1.36.3', '1.36.4', { open: false })).toContain('no API server answers');
  expect(step('1.36.3', '1.36.3', { upgrades: false, open: false })).toBe('');
});

test('one that was begun is gone on with, also while the API is down, and by nothing else', () => {
  const begun = { what: UPGRADE_MOVE, from: '1.35.4', to: '1.36.3' };
  expect(step('1.36.3', '1.36.3', { oldest: '1.35.4', begun, open: false })).toBe('');
  expect(step('1.36.3', '1.36.3', { begun, upgrades: false })).toContain('1.35.4 and 1.36.3');
  expect(step('1.36.3', '1.36.3', { begun, upgrades: false })).toContain('Run kinit upgrade: it goes on');
  expect(step('1.36.3', '1.36.3', { oldest: '1.35.4', upgrades: false })).toContain('node by node');
});

test('two minor versions are counted from the oldest API server', () => {
  expect(step('1.35.4', '1.36.3', { oldest: '1.34.8' })).toContain('one minor version at a time');
});

test('of a cluster that soaks two versions are right, and one where it is to go on', () => {
  const begun = { what: UPGRADE_MOVE, from: '1.35.4', to: '1.36.3', step: 'soak' };
  for (const wanted of ['1.35.4', '1.36.3']) {
    expect(step('1.36.3', wanted, { begun, upgrades: false })).toBe('');
    expect(step('1.36.3', wanted, { begun, stage: 'back', open: false })).toBe('');
  }
  expect(step('1.36.3', '1.36.4', { begun, upgrades: false })).toContain('1.36.3 behaves as 1.35');
  expect(step('1.36.3', '1.35.4', { begun, stage: 'finish' })).toContain('Set kubernetesVersion: 1.36.3.');
  expect(step('1.36.3', '1.36.4', { begun, stage: 'soak' })).toContain('it is on its way to 1.36.3');
  expect(step('1.36.3', '1.36.3', { begun, stage: 'finish' })).toBe('');
  expect(step('1.36.3', '1.36.3', { begun, stage: 'finish', open: false })).toContain('kinit upgrade --back');
});

test('a later version than the record has is told, unless kinit is on its way there', () => {
  const known = { running: '1.36.3', recorded: '1.35.4', moves: [] };
  expect(changedByOthers(known)).toContain('Kubernetes 1.36.3 runs here, and kinit brought it to 1.35.4');
  const moves = [{ what: UPGRADE_MOVE, from: '1.35.4', to: '1.36.3' }];
  expect(changedByOthers({ ...known, moves })).toBeUndefined();
  expect(changedByOthers({ ...known, recorded: '1.36.3' })).toBeUndefined();
  expect(changedByOthers({ running: '1.36.3', moves: [] })).toBeUndefined();
});
