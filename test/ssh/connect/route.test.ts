import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Access } from '../../../src/ssh/login/access.js';
import { openConfig } from '../../../src/ssh/config/index.js';
import { findRoute, parseJump } from '../../../src/ssh/connect/route.js';
import { scratch } from '../scratch.js';

const folder = scratch();
const access: Access = { address: 'box', knownHostsFile: '/k', connectTimeoutSeconds: 5 };

async function route(config: string, changes: Partial<Access> = {}): Promise<string[]> {
  const file = join(folder, 'config');
  writeFileSync(file, config);
  return (await findRoute('node1', { ...access, ...changes }, openConfig(file))).map(
    ({ user, address, port }) => `${user}@${address}:${String(port)}`,
  );
}

test('nothing said: root on port 22', async () => {
  expect(await route('')).toEqual(['root@box:22']);
});

test('ProxyJump of the configuration, and what the first bastion needs before it', async () => {
  expect(
    await route(
      'Host box\n  ProxyJump a,u@b:23\nHost a\n  HostName a.example.com\n  ProxyJump outer\n  User x\nHost outer b\n  User y\n',
    ),
  ).toEqual(['y@outer:22', 'x@a.example.com:22', 'u@b:23', 'root@box:22']);
});

test('bastions of the inventory go before ProxyJump; an empty list means none', async () => {
  const config = 'Host box\n  ProxyJump a\n  User z\n';
  expect(await route(config, { bastions: [{ address: 'b', user: 'ops', port: 23 }] })).toEqual([
    'ops@b:23',
    'z@box:22',
  ]);
  expect(await route(config, { bastions: [] })).toEqual(['z@box:22']);
});

test('a way that leads back to itself, and a ProxyCommand, are refused', async () => {
  await expect(route('Host a\n  ProxyJump b\nHost *\n  ProxyJump a\n')).rejects.toThrow(
    'the way to node1 goes through more than 8 bastions',
  );
  // OpenSSH itself sees a jump host before itself.
  await expect(route('Host *\n  ProxyJump a\n')).rejects.toMatchObject({
    context: { found: expect.stringContaining('jumphost loop via a') as string },
  });
  await expect(route('Host box\n  ProxyCommand nc %h %p\n')).rejects.toMatchObject({
    message: 'node1 has a ProxyCommand in the SSH configuration, which kinit cannot use',
    context: { found: 'nc box 22' },
  });
});

test('known_hosts: the inventory, then the configuration, then the usual file', async () => {
  const files = async (config: string, knownHostsFile: string): Promise<readonly string[]> => {
    const file = join(folder, 'config');
    writeFileSync(file, config);
    const [hop] = await findRoute('node1', { ...access, knownHostsFile }, openConfig(file));
    return hop.knownHostsFiles;
  };
  const own = 'Host box\n  UserKnownHostsFile /k1 /k2\n';
  const usual = join(homedir(), '.ssh/known_hosts');
  expect(await files(own, '/k')).toEqual(['/k']);
  expect(await files(own, usual)).toEqual(['/k1', '/k2']);
  expect(await files('', usual)).toEqual([usual]);
});

test('HostKeyAlias goes with the host', async () => {
  const file = join(folder, 'config');
  writeFileSync(file, 'Host box\n  HostKeyAlias kind\n  Port 2222\n');
  const route = await findRoute('node1', access, openConfig(file));
  expect(route).toMatchObject([{ address: 'box', port: 2222, hostKeyAlias: 'kind' }]);
});

test.each([
  ['h', { address: 'h' }],
  ['u@h:23', { user: 'u', address: 'h', port: 23 }],
  ['u@dom@h', { user: 'u@dom', address: 'h' }],
  ['[fd00::1]:23', { address: 'fd00::1', port: 23 }],
  ['u@fd00::1', { address: 'fd00::1' }],
  ['ssh://u@h:23', { user: 'u', address: 'h', port: 23 }],
])('ProxyJump %s', (text, expected) => {
  expect(parseJump('node1', text)).toMatchObject(expected);
});
