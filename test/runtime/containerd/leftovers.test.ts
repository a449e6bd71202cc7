import { expect, test } from 'vitest';
import { pastOf } from '../../leftovers/past-of.js';
import { complaints } from '../../preflight/nodes.js';

const PROGRAM = { path: '/usr/bin/containerd', version: 'containerd github.com/containerd/containerd 1.6.20~ds1' };
const told = (runtime: Record<string, unknown>, programs = [PROGRAM]): unknown =>
  complaints({ controlPlane: { past: pastOf({ programs }) }, spec: { runtime } })
    .filter(({ name }) => name === 'leftover-containerd-package')
    .map(({ status, found, hint = '' }) => [status, found, /runtime\.from: distribution, or docker/.test(hint)]);

test("a daemon of a package, which kinit's own takes the place of, is told with the way to keep it", () => {
  expect(told({})).toEqual([['warning', `/usr/bin/containerd (${PROGRAM.version})`, true]]);
  expect(told({}, [{ ...PROGRAM, version: '' }])).toEqual([
    ['warning', '/usr/bin/containerd (does not say its version)', true],
  ]);
});

test('none there, one that is to stay, and another runtime: nothing to tell', () => {
  expect(told({}, [])).toEqual([]);
  expect(told({ from: 'distribution' })).toEqual([]);
  expect(told({ name: 'crio' })).toEqual([]);
});
