import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCertificate, parseCertificateLine, unusable } from '../../../src/ssh/keys/certificates.js';
import { scratch } from '../scratch.js';

const folder = scratch();
const keygen = (...words: string[]): unknown => execFileSync('ssh-keygen', ['-q', ...words], { timeout: 20_000 });
const authority = join(folder, 'authority');
keygen('-t', 'ed25519', '-N', '', '-f', authority);

/** The line of a new certificate. */
function certify(type: string, name: string, ...words: string[]): string {
  const key = join(folder, name);
  keygen('-t', type, '-N', '', '-f', key);
  keygen('-s', authority, '-I', `id of ${name}`, ...words, `${key}.pub`);
  return readFileSync(`${key}-cert.pub`, 'utf8');
}

test.each(['ed25519', 'ecdsa', 'rsa'])(
  'a certificate for a key of type %s says what ssh-keygen put into it',
  (type) => {
    const line = certify(type, type, '-n', 'root,admin', '-V', '20260101000000Z:20270101000000Z');
    const [plain, base64 = ''] = readFileSync(join(folder, `${type}.pub`), 'utf8').split(' ');
    expect(parseCertificateLine(line)).toMatchObject({
      type: `${plain ?? ''}-cert-v01@openssh.com`,
      key: Buffer.from(base64, 'base64'),
      id: `id of ${type}`,
      forUsers: true,
      principals: ['root', 'admin'],
      validAfter: Date.parse('2026-01-01T00:00:00Z') / 1000,
      validBefore: Date.parse('2027-01-01T00:00:00Z') / 1000,
    });
  },
);

test('what no server would take is known beforehand', () => {
  const dated = parseCertificateLine(certify('ed25519', 'dated', '-V', '20260101000000Z:20270101000000Z'));
  const forEver = parseCertificateLine(certify('ed25519', 'ever'));
  const host = parseCertificateLine(certify('ed25519', 'host', '-h'));
  if (dated === undefined || forEver === undefined || host === undefined) return expect.unreachable();
  expect(unusable(dated, new Date('2025-12-31'))).toBe('is valid from 2026-01-01T00:00:00.000Z on');
  expect(unusable(dated, new Date('2026-06-01'))).toBeUndefined();
  expect(unusable(dated, new Date('2027-01-01'))).toBe('ended on 2027-01-01T00:00:00.000Z');
  expect(forEver.validBefore).toBe(Infinity);
  expect(unusable(forEver, new Date('2126-01-01'))).toBeUndefined();
  expect(unusable(host, new Date())).toBe('is for a host, not for a user');
});

test('a key, a torn certificate and nonsense are no certificates', () => {
  const line = certify('ed25519', 'torn');
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  for (let length = 0; length < blob.length; length += 1)
    expect(parseCertificate(blob.subarray(0, length))).toBeUndefined();
  expect(parseCertificateLine(readFileSync(join(folder, 'torn.pub'), 'utf8'))).toBeUndefined();
  expect(parseCertificateLine('ssh-new-cert-v01@openssh.com AAAA x')).toBeUndefined();
  writeFileSync(join(folder, 'empty'), '');
  expect(parseCertificateLine('')).toBeUndefined();
});
