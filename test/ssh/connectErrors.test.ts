import { expect, test } from 'vitest';
import { connectError, sudoError } from '../../src/ssh/connectErrors.js';

const target = { host: 'node1', address: '10.0.0.1', port: 2222, user: 'ops', connectTimeoutSeconds: 15 };
const fault = (fields: object): Error => Object.assign(new Error('text'), fields);

test.each([
  [{ code: 'ECONNREFUSED', level: 'client-socket' }, 'node1 (10.0.0.1 port 2222) refuses SSH connections'],
  [{ code: 'ENOTFOUND', level: 'client-socket' }, 'node1 (10.0.0.1 port 2222) has an address that no DNS server knows'],
  [{ code: 'EHOSTUNREACH', level: 'client-socket' }, 'node1 (10.0.0.1 port 2222) cannot be reached'],
  [{ level: 'client-timeout' }, 'node1 (10.0.0.1 port 2222) does not answer'],
  [{ level: 'protocol' }, 'no SSH connection to node1 (10.0.0.1 port 2222)'],
])('%o before the login', (fields, message) => {
  const error = connectError(target, fault(fields), 'connect', undefined);
  expect(error.message).toBe(message);
  expect(error.context).toMatchObject({ class: 'access', host: 'node1', tried: 'ssh -p 2222 ops@10.0.0.1' });
  expect(error.context.hint).toBeTruthy();
});

test('a refused login names the keys that were tried', () => {
  const error = connectError(target, fault({ level: 'client-authentication' }), 'login', { methods: [], tried: ['/k (ED25519 SHA256:x)', 'SSH agent (2 keys)'], notes: ['/r is encrypted'] });
  expect(error.message).toBe('node1 does not accept our SSH key for user ops');
  expect(error.context.found).toBe('refused: /k (ED25519 SHA256:x), SSH agent (2 keys); /r is encrypted');
  expect(error.context.hint).toContain('ssh-copy-id');
});

test('missing sudo names the user and the line to add', () => {
  const error = sudoError('node1', 'ops', 'sudo: a password is required\n');
  expect(error.message).toBe('user ops on node1 cannot become root without a password');
  expect(error.context).toMatchObject({ class: 'access', found: 'sudo: a password is required' });
  expect(error.context.hint).toContain("'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/kinit");
});
