import { expect, test } from 'vitest';
import { versionRefusals, type VersionStep } from '../../../src/engine/guard/version.js';

const step = (running: string | undefined, wanted: string, more: Partial<VersionStep> = {}): string =>
  versionRefusals({ running, wanted, keeps: undefined, throughControlPlane: true, open: true, ...more })
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
  ['an earlier patch version', '1.36.4', '1.36.3', 'does not go back', 'Set kubernetesVersion: 1.36.4.'],
  ['an earlier minor version', '1.36.0', '1.35.9', 'does not go back', 'Set kubernetesVersion: 1.36.0.'],
  ['two minor versions up', '1.34.2', '1.36.3', 'one minor version at a time', 'one of 1.35 first'],
  ['another major version', '1.36.3', '2.0.0', 'one minor version at a time', 'one of 1.37 first'],
])('%s is refused, with both versions', (_what, running, wanted, why, todo) => {
  const said = step(running, wanted);
  expect(said).toContain(`${running} -> ${wanted}`);
  expect(said).toContain(why);
  expect(said).toContain(todo);
});

test('a newer version goes through the control plane: not by a join, not without it, not while it is down', () => {
  expect(step('1.36.3', '1.36.4', { keeps: 'a host joins with it' })).toContain('a host joins with it');
  expect(step('1.36.3', '1.36.4', { throughControlPlane: false })).toContain('before the nodes do');
  expect(step('1.36.3', '1.36.4', { open: false })).toContain('no API server answers');
  expect(step('1.36.3', '1.36.3', { keeps: 'a host joins with it', throughControlPlane: false, open: false })).toBe('');
});
