import { expect, test } from 'vitest';
import { toRestore } from '../../../src/lab/network/forwarding.js';

const before = {
  sysctls: { 'net/ipv4/ip_forward': '0', 'kernel/panic': '0', 'fs/inotify/max_user_instances': '128' },
  links: ['docker0'],
  bridgeNetfilter: false,
};
const lab = { 'net/ipv4/ip_forward': '1', 'kernel/panic': '10', 'fs/inotify/max_user_instances': '8192' };

test('the last lab gives back what it and its hosts have set', () => {
  expect(toRestore(before, lab, ['docker0'])).toEqual({ write: Object.entries(before.sysctls), others: [] });
});

test('what is as it was is not written', () => {
  expect(toRestore(before, before.sysctls, ['docker0', 'virbr0'])).toEqual({ write: [], others: [] });
});

test('forwarding stays on where another network has come since, and that is told', () => {
  expect(toRestore(before, lab, ['docker0', 'virbr0', 'vnet3'])).toEqual({
    write: [
      ['kernel/panic', '0'],
      ['fs/inotify/max_user_instances', '128'],
    ],
    others: ['virbr0', 'vnet3'],
  });
});

test('a limit that somebody has set anew is left alone', () => {
  const now = { ...lab, 'fs/inotify/max_user_instances': '16384' };
  expect(toRestore(before, now, ['docker0']).write.map(([name]) => name)).toEqual([
    'net/ipv4/ip_forward',
    'kernel/panic',
  ]);
});
