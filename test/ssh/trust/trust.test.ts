import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostTrust } from '../../../src/ssh/trust/trust.js';
import { scratch } from '../scratch.js';

const key = (type: string, secret: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type), Buffer.from(secret)]);
const ED = key('ssh-ed25519', 'one');
const RSA = key('ssh-rsa', 'two');
const folder = scratch();
let count = 0;

function setUp(
  text: string | undefined,
  acceptNewHostKeys = false,
): { file: string; trust: ReturnType<typeof hostTrust> } {
  count += 1;
  const file = join(folder, `sub${count}`, 'known_hosts');
  const existing = join(folder, `known_hosts${count}`);
  if (text !== undefined) writeFileSync(existing, text);
  const knownHostsFile = text === undefined ? file : existing;
  return {
    file: knownHostsFile,
    trust: hostTrust({
      name: 'node1',
      host: 'node1',
      address: 'kinit-test.invalid',
      port: 2222,
      knownHostsFiles: [knownHostsFile],
      acceptNewHostKeys,
    }),
  };
}

test('an unknown key is refused with its fingerprint and what to type', () => {
  const { file, trust } = setUp(undefined);
  const error = trust.judge(ED);
  expect(error?.context).toMatchObject({ class: 'access', host: 'node1' });
  expect(error?.context.found).toMatch(/ED25519 SHA256:[A-Za-z0-9+/]{43}$/);
  expect(error?.context.hint).toContain('--accept-new-host-keys');
  expect(error?.context.hint).toContain(`ssh-keyscan -p 2222 kinit-test.invalid >> ${file}`);
});

test('accepting writes an unknown key once, privately, and only after the server has proved it', () => {
  const { file, trust } = setUp(undefined, true);
  expect(trust.judge(ED)).toBeUndefined();
  expect(() => statSync(file)).toThrow();
  trust.remember();
  trust.remember();
  expect(readFileSync(file, 'utf8')).toBe(`[kinit-test.invalid]:2222 ssh-ed25519 ${ED.toString('base64')}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file without a last line break keeps its last entry', () => {
  const { file, trust } = setUp('other ssh-rsa AAAA', true);
  trust.judge(ED);
  trust.remember();
  expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('other ssh-rsa AAAA');
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
});

test('a changed key is refused also when new ones are accepted, with file, line and both fingerprints', () => {
  const line = `[kinit-test.invalid]:2222 ssh-rsa ${RSA.toString('base64')}\n`;
  const { file, trust } = setUp(`# first\n${line}`, true);
  const error = trust.judge(ED);
  expect(error?.context.class).toBe('access');
  expect(error?.context.found).toMatch(
    new RegExp(`^${file} line 2 says RSA SHA256:\\S+; the host sent ED25519 SHA256:\\S+$`),
  );
  expect(error?.context.hint).toContain(`ssh-keygen -R '[kinit-test.invalid]:2222' -f ${file}`);
  trust.remember();
  expect(readFileSync(file, 'utf8')).toBe(`# first\n${line}`);
});

test('the server is asked first for the type of key that is known', () => {
  expect(setUp(undefined).trust.algorithms[0]).toBe('ssh-ed25519');
  const { trust } = setUp(`[kinit-test.invalid]:2222 ssh-rsa ${RSA.toString('base64')}\n`);
  expect(trust.algorithms.slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
  expect(trust.algorithms).toContain('ssh-ed25519');
});

test('a known_hosts file that cannot be read does not count as empty, and the way out is said', () => {
  expect(() =>
    hostTrust({
      name: 'node1',
      host: 'node1',
      address: 'a',
      port: 22,
      knownHostsFiles: [folder],
      acceptNewHostKeys: true,
    }),
  ).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/cannot be read/),
      context: expect.objectContaining({ hint: expect.stringMatching(/ssh\.knownHostsFile/) }),
    }),
  );
});

test('HostKeyAlias stands in known_hosts without the port, as ssh writes and reads it', () => {
  const file = join(folder, 'alias');
  const aliased = (text: string): ReturnType<typeof hostTrust> => {
    writeFileSync(file, text);
    return hostTrust({
      name: 'node1',
      address: '10.0.0.1',
      port: 2222,
      hostKeyAlias: 'Kind',
      knownHostsFiles: [file],
      acceptNewHostKeys: true,
    });
  };
  expect(aliased(`kind ssh-ed25519 ${ED.toString('base64')}\n`).judge(ED)).toBeUndefined();
  // A changed key must not be taken for a new one.
  expect(aliased(`kind ssh-rsa ${RSA.toString('base64')}\n`).judge(ED)?.message).toContain('not the one that is known');
  const fresh = aliased('');
  expect(fresh.judge(ED)).toBeUndefined();
  fresh.remember();
  expect(readFileSync(file, 'utf8')).toBe(`kind ssh-ed25519 ${ED.toString('base64')}\n`);
});

test('keys of several files are known; a new one is written into the first', () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  writeFileSync(second, `known.invalid ssh-ed25519 ${ED.toString('base64')}\n`);
  const trust = (address: string): ReturnType<typeof hostTrust> =>
    hostTrust({ name: 'node1', address, port: 22, knownHostsFiles: [first, second], acceptNewHostKeys: true });
  expect(trust('known.invalid').judge(RSA)?.message).toContain('not the one that is known');
  const fresh = trust('new.invalid');
  fresh.judge(RSA);
  fresh.remember();
  expect(readFileSync(first, 'utf8')).toBe(`new.invalid ssh-rsa ${RSA.toString('base64')}\n`);
});

test('a host that only an authority vouches for is unknown, and it is said that host certificates are not checked', () => {
  const { file, trust } = setUp(`@cert-authority *.invalid ssh-ed25519 ${ED.toString('base64')}\n`);
  // Its pattern names no port, as with ssh.
  expect(trust.judge(RSA)?.context.found).not.toContain('authority');
  const { file: other, trust: judge } = setUp(
    `@cert-authority [*.invalid]:2222 ssh-ed25519 ${ED.toString('base64')}\n`,
  );
  expect(file).not.toBe(other);
  expect(judge.judge(RSA)?.context).toMatchObject({
    found: expect.stringContaining(
      `; ${other} line 1 trusts an authority for host certificates, which kinit cannot check`,
    ) as unknown,
    hint: expect.stringContaining('--accept-new-host-keys') as unknown,
  });
});
