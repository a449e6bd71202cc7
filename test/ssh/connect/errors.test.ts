import { expect, test } from 'vitest';
import { connectError } from '../../../src/ssh/connect/errors.js';
import type { Attempt, Credentials } from '../../../src/ssh/login/auth.js';

const target = {
  name: 'node1',
  host: 'node1',
  address: '10.0.0.1',
  port: 2222,
  user: 'ops',
  connectTimeoutSeconds: 15,
};
const fault = (fields: object): Error => Object.assign(new Error('text'), fields);

test.each([
  [{ code: 'ECONNREFUSED', level: 'client-socket' }, 'node1 (10.0.0.1 port 2222) refuses SSH connections'],
  [{ code: 'ENOTFOUND', level: 'client-socket' }, 'node1 (10.0.0.1 port 2222) has an address that no DNS server knows'],
  [{ code: 'EHOSTUNREACH', level: 'client-socket' }, 'node1 (10.0.0.1 port 2222) cannot be reached'],
  [{ level: 'client-timeout' }, 'node1 (10.0.0.1 port 2222) does not answer'],
  [{ level: 'protocol' }, 'no SSH connection to node1 (10.0.0.1 port 2222)'],
])('%o before the login', (fields, message) => {
  const error = connectError(target, fault(fields), 'connect');
  expect(error.message).toBe(message);
  expect(error.context).toMatchObject({ class: 'access', host: 'node1', tried: 'ssh -p 2222 ops@10.0.0.1' });
  expect(error.context.hint).toBeTruthy();
});

function login(
  tried: readonly string[],
  offered: readonly string[],
  passwordTried = false,
): { credentials: Credentials; attempt: Attempt } {
  const hop = {
    ...target,
    knownHostsFiles: ['/k'] as const,
    identityFiles: [],
    identityRequired: false,
    certificateFiles: [],
    identitiesOnly: false,
  };
  const credentials = {
    identities: { offered: [], tried, notes: tried.length > 0 ? ['/r is encrypted'] : [], locked: [] },
    hop,
    ask: undefined,
    accepted: {},
  };
  return {
    credentials,
    attempt: {
      handler: () => undefined as never,
      offered: () => offered,
      fault: () => undefined,
      passwordTried: () => passwordTried,
      succeeded: () => undefined,
    },
  };
}

test('a refused login names the keys that were tried', () => {
  const error = connectError(
    target,
    fault({ level: 'client-authentication' }),
    'login',
    login(['/k (ED25519 SHA256:x)', 'SSH agent (2 keys)'], ['publickey']),
  );
  expect(error.message).toBe('node1 does not accept our SSH key for user ops');
  expect(error.context.found).toBe(
    'refused: /k (ED25519 SHA256:x), SSH agent (2 keys); /r is encrypted; it takes: publickey',
  );
  expect(error.context.hint).toContain('ssh-copy-id');
  expect(error.context.hint).not.toContain('passwordEnv');
});

test('a host that only takes passwords says where to put one; a wrong one is told apart', () => {
  const missing = connectError(target, fault({ level: 'client-authentication' }), 'login', login([], ['password']));
  expect(missing.message).toBe('node1 wants a password of user ops, and there is none');
  expect(missing.context.hint).toContain('ssh.passwordEnv');
  expect(
    connectError(target, fault({ level: 'client-authentication' }), 'login', login([], ['password'], true)).message,
  ).toBe('node1 does not accept the password of user ops');
});

test('what is wrong with a bastion names no host, so that it is told once for all behind it', () => {
  const { host: _host, ...bastion } = { ...target, name: 'the bastion 10.0.0.1' };
  const error = connectError(bastion, fault({ code: 'ECONNREFUSED', level: 'client-socket' }), 'connect');
  expect(error.message).toBe('the bastion 10.0.0.1 (10.0.0.1 port 2222) refuses SSH connections');
  expect(error.context.host).toBeUndefined();
});
