import { expect, test } from 'vitest';
import { emulatedVersion } from '../../../src/cluster/api/emulated.js';

const said = (gitVersion: string, emulationMinor?: string): object => ({
  ...{ major: '1', minor: '36', gitVersion },
  ...(emulationMinor === undefined ? {} : { emulationMajor: '1', emulationMinor }),
});

test('a version as which an API server behaves is told where it is not its own', () => {
  expect(emulatedVersion(said('v1.36.3', '35'))).toBe('1.35');
  expect(emulatedVersion(said('v1.36.3', '36'))).toBeUndefined();
});

test('one that does not say, and what is no answer, tell nothing', () => {
  expect(emulatedVersion(said('v1.30.1'))).toBeUndefined();
  expect(emulatedVersion('<html>')).toBeUndefined();
});
