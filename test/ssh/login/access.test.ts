import { expect, test } from 'vitest';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import { hostAccess } from '../../../src/ssh/login/access.js';
import type { Access } from '../../../src/ssh/login/access.js';

function accessOf(spec: object, host: object = {}): Access {
  const parsed = specSchema.parse({ hosts: [{ name: 'n1', address: '10.0.0.1', ...host }], ...spec });
  return hostAccess(parsed, parsed.hosts[0] ?? ({} as never));
}

test('nothing said', () => {
  expect(accessOf({})).toEqual({
    address: '10.0.0.1',
    configFile: '~/.ssh/config',
    knownHostsFile: '~/.ssh/known_hosts',
    connectTimeoutSeconds: 15,
  });
});

test('what a host says goes before what is shared, setting by setting; a secret as a whole', () => {
  const shared = { ssh: { user: 'ops', port: 23, passwordFile: '/p', configFile: 'none' }, sudo: { passwordEnv: 'S' } };
  expect(accessOf(shared, { ssh: { port: 24, passwordEnv: 'P' }, sudo: { passwordFile: '/s' } })).toMatchObject({
    user: 'ops',
    port: 24,
    password: { env: 'P' },
    sudoPassword: { file: '/s' },
  });
  expect(accessOf(shared)).toMatchObject({ password: { file: '/p' }, sudoPassword: { env: 'S' } });
  expect(accessOf(shared)).not.toHaveProperty('configFile');
});

test('bastions take the shared key where they name none; a host may have none', () => {
  const shared = {
    ssh: {
      identityFile: '/k',
      passphraseEnv: 'K',
      bastions: [{ address: 'b1' }, { address: 'b2', identityFile: '/b' }],
    },
  };
  expect(accessOf(shared).bastions).toEqual([
    { address: 'b1', identityFile: '/k', passphrase: { env: 'K' } },
    { address: 'b2', identityFile: '/b', passphrase: { env: 'K' } },
  ]);
  expect(accessOf(shared, { ssh: { bastions: [] } }).bastions).toEqual([]);
});
