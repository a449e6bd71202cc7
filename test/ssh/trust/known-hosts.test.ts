import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { entriesFor, judgeHostKey, parseKnownHosts } from '../../../src/ssh/trust/known-hosts.js';

const key = (type: string, secret: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(secret)]);
};
const ED = key('ssh-ed25519', 'one');
const OTHER = key('ssh-ed25519', 'two');
const RSA = key('ssh-rsa', 'three');
const entry = (hosts: string, bytes: Buffer, type = 'ssh-ed25519', marker = ''): string =>
  `${marker}${hosts} ${type} ${bytes.toString('base64')} comment`;
const judge = (text: string, address: string, port: number, bytes: Buffer): string =>
  judgeHostKey(entriesFor(parseKnownHosts('kh', text), address, port), bytes).is;

test('a plain entry names a host on port 22, in either case of letters', () => {
  expect(judge(entry('Node1.example,10.0.0.1', ED), 'node1.EXAMPLE', 22, ED)).toBe('known');
  expect(judge(entry('node1,10.0.0.1', ED), '10.0.0.1', 22, ED)).toBe('known');
  expect(judge(entry('node1', ED), 'node2', 22, ED)).toBe('unknown');
});

test('another port needs an entry in brackets', () => {
  expect(judge(entry('[node1]:2222', ED), 'node1', 2222, ED)).toBe('known');
  expect(judge(entry('[node1]:2222', ED), 'node1', 22, ED)).toBe('unknown');
  expect(judge(entry('node1', ED), 'node1', 2222, ED)).toBe('unknown');
});

test('a hashed name matches only its host', () => {
  const salt = Buffer.from('01234567890123456789');
  const hash = (name: string): string =>
    `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
  expect(judge(entry(hash('10.0.0.1'), ED), '10.0.0.1', 22, ED)).toBe('known');
  expect(judge(entry(hash('[10.0.0.1]:2222'), ED), '10.0.0.1', 2222, ED)).toBe('known');
  expect(judge(entry(hash('10.0.0.1'), ED), '10.0.0.2', 22, ED)).toBe('unknown');
});

test('wildcards match, negation takes away, and a dot is only a dot', () => {
  expect(judge(entry('*.example,!bad.example', ED), 'a.example', 22, ED)).toBe('known');
  expect(judge(entry('*.example,!bad.example', ED), 'bad.example', 22, ED)).toBe('unknown');
  expect(judge(entry('10.0.0.?', ED), '10.0.0.7', 22, ED)).toBe('known');
  expect(judge(entry('a.b', ED), 'axb', 22, ED)).toBe('unknown');
});

test('another key of the same host is changed, and the entry of the same type is the one named', () => {
  const text = ['# comment', '', entry('h', RSA, 'ssh-rsa'), entry('h', ED)].join('\n');
  expect(judgeHostKey(entriesFor(parseKnownHosts('kh', text), 'h', 22), OTHER)).toMatchObject({
    is: 'changed',
    entry: { file: 'kh', line: 4 },
  });
});

test('a key of a type that is not known yet does not pass for a new host', () => {
  expect(judge(entry('h', ED), 'h', 22, RSA)).toBe('changed');
});

test('one of several keys of the host is enough', () => {
  expect(judge([entry('h', OTHER), entry('h', ED)].join('\n'), 'h', 22, ED)).toBe('known');
});

test('a revoked key is refused even where it is also listed as good', () => {
  const text = [entry('h', ED), entry('*', ED, 'ssh-ed25519', '@revoked ')].join('\n');
  expect(judge(text, 'h', 22, ED)).toBe('revoked');
  expect(judge(entry('*', OTHER, 'ssh-ed25519', '@revoked '), 'h', 22, ED)).toBe('unknown');
});

test('certificate authorities and broken lines are not keys of a host', () => {
  const text = [
    entry('h', ED, 'ssh-ed25519', '@cert-authority '),
    'h ssh-ed25519 AAAA',
    'h ssh-rsa',
    entry('h', ED, 'ssh-rsa'),
  ].join('\n');
  const entries = parseKnownHosts('kh', text);
  expect(entries).toMatchObject([{ line: 1, authority: true }]);
  // Not even where the authority's own key is sent: it vouches for certificates only.
  expect(judgeHostKey(entriesFor(entries, 'h', 22), ED)).toMatchObject({ is: 'unknown', authority: { line: 1 } });
});
