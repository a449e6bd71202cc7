import { expect, test } from 'vitest';
import { requireNoStrangers, skewOf } from '../../../src/engine/upgrade/before.js';
import { makeContext } from '../../templates/context.js';

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

const { spec } = makeContext({
  hosts: [
    { name: 'n1', address: '10.0.0.1', roles: ['control-plane'] },
    { name: 'n2', address: '10.0.0.2', roles: ['worker'] },
  ],
});
const node = (name: string, isControlPlane: boolean): { name: string; isControlPlane: boolean } => ({
  name,
  isControlPlane,
});

test('control planes of the inventory, and workers of others, are no strangers', () => {
  expect(() => requireNoStrangers([node('n1', true), node('n2', false), node('other', false)], spec)).not.toThrow();
});

test.each([
  ['that the inventory does not name', 'stock'],
  ['that is a worker there', 'n2'],
])('a control plane %s would stay behind: refused, with what to do', (_what, name) => {
  const refused = (): void => requireNoStrangers([node('n1', true), node(name, true)], spec);
  expect(refused).toThrow(expect.objectContaining({ message: expect.stringContaining('would stay behind') as string }));
  expect(refused).toThrow(
    expect.objectContaining({
      context: expect.objectContaining({
        class: 'refused',
        found: `node ${name} is a control plane`,
        hint: expect.stringContaining(`kinit reset ${name}`) as string,
      }) as unknown,
    }),
  );
});
