import { expect, test } from 'vitest';
import { compareVersions, goEnvironment, requireGo } from '../../../src/artifacts/build/go.js';

test('no Go, and a Go that is too old, are named with what to do', () => {
  expect(() => requireGo(undefined, '1.26.6')).toThrow(/not installed/);
  try {
    requireGo({ command: 'go', version: '1.19.8' }, '1.26.6');
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({
      context: {
        class: 'artifact',
        found: '1.19.8',
        hint: expect.stringContaining('Install Go 1.26.6 or newer') as string,
      },
    });
  }
});

test('versions compare by number', () => {
  expect(compareVersions('1.26.10', '1.26.6')).toBeGreaterThan(0);
  expect(compareVersions('1.26', '1.26.0')).toBe(0);
  expect(compareVersions('1.9.9', '1.26.0')).toBeLessThan(0);
});

test('settings of the user that would change the result are overridden', () => {
  expect(goEnvironment('arm64', false)).toMatchObject({
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly',
    GOTOOLCHAIN: 'local',
    GOARCH: 'arm64',
    CGO_ENABLED: '0',
  });
  expect(goEnvironment('amd64', true)).not.toHaveProperty('GONOSUMDB');
});
