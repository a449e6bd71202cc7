import { expect, test } from 'vitest';
import { skewOf } from '../../../src/engine/upgrade/before.js';

const said = (kubelet: string, to = '1.36.3'): string => skewOf({ name: 'n1', kubelet }, to).join('\n');

test.each([
  ['of the same version', '1.36.3'],
  ['of a later patch version', '1.36.9'],
  ['three minor versions older', '1.33.0'],
  ['of a version that it has not told', ''],
])('a kubelet %s may stay beside the API servers', (_what, kubelet) => {
  expect(said(kubelet)).toBe('');
});

test.each([
  ['four minor versions older', '1.32.9'],
  ['of a newer minor version', '1.37.0'],
  ['of another major version', '2.36.3'],
])('a kubelet %s is named, with both versions', (_what, kubelet) => {
  expect(said(kubelet)).toMatch(
    new RegExp(
      `^the kubelet of n1 is of version ${kubelet.replaceAll('.', '\\.')}: beside API servers of 1\\.36\\.3 .*at most 3 minor`,
    ),
  );
});
