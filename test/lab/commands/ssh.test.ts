import { expect, test } from 'vitest';
import { sshCommand } from '../../../src/lab/commands/ssh.js';
import { toLab } from '../../../src/lab/state/state.js';

const lab = toLab({
  version: 1,
  name: 'demo',
  directory: '/labs/my 100% lab',
  subnet: '10.210.0.0/24',
  rootfs: '/r',
  image: 'debian-12' as const,
  hosts: [{ name: 'node1', address: '10.210.0.11', roles: ['worker'], cpus: 1, memoryMB: 512, driver: 'nspawn' }],
});

test('a login is verified against the keys of the lab alone, and ignores the user configuration', () => {
  const words = sshCommand(lab, 'node1');
  expect(words.at(-1)).toBe('root@10.210.0.11');
  expect(words.slice(1, 5)).toEqual(['-F', 'none', '-i', '/labs/my 100% lab/id_ed25519']);
  expect(words).toContain('StrictHostKeyChecking=yes');
  // ssh_config(5): a value with blanks is quoted, and % starts a token.
  expect(words).toContain('UserKnownHostsFile="/labs/my 100%% lab/known_hosts"');
});

test('words of a command reach the host as they are', () => {
  expect(sshCommand(lab, '10.210.0.11', ['echo', "it's", '$HOME']).slice(-2)).toEqual([
    '--',
    `echo 'it'\\''s' '$HOME'`,
  ]);
});

test('an unknown host is refused with the names there are', () => {
  expect(() => sshCommand(lab, 'node9')).toThrow(
    expect.objectContaining({
      message: 'Lab demo has no host node9',
      context: expect.objectContaining({ hint: 'Its hosts are: node1' }),
    }),
  );
});
