import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { publicKeys } from '../../../src/os/repositories/openpgp.js';
import { WEAK_KEY } from '../../e2e/support/weak-key/index.js';

/** A version 4 public key packet of no use (RSA, 8 bits), in the old and in the new format of packets. */
const BODY = Buffer.from([4, 0x5f, 0, 0, 0, 1, 0, 8, 0xff, 0, 2, 3]);
const OLD = Buffer.from([0x98, BODY.length, ...BODY]);
const NEW = Buffer.from([0xc6, BODY.length, ...BODY]);
const USER = Buffer.from([0xb4, 2, 0x61, 0x62]);

test('a key is known by its fingerprint, in either format of packets, armored or not', () => {
  const keys = [OLD, NEW, Buffer.concat([OLD, USER])].map((bytes) => publicKeys(bytes));
  const [first] = keys;
  expect(first?.fingerprints).toEqual([expect.stringMatching(/^[0-9A-F]{40}$/)]);
  for (const each of keys) {
    expect(each?.fingerprints).toEqual(first?.fingerprints);
    expect(publicKeys(Buffer.from(each?.armored ?? ''))?.fingerprints).toEqual(first?.fingerprints);
  }
});

test('several blocks of one file are one key ring; headers and words around them do not matter', () => {
  const block = publicKeys(OLD)?.armored.replace('BLOCK-----\n', 'BLOCK-----\nVersion: x\nComment: y=z\n') ?? '';
  const other = publicKeys(Buffer.from([0x98, 13, ...BODY, 9]))?.armored ?? '';
  const both = publicKeys(Buffer.from(`some words\r\n${block}${other}`));
  expect(both?.fingerprints).toHaveLength(2);
  expect(both?.armored.match(/BEGIN/g)).toHaveLength(1);
});

const fixture = (path: string): Buffer => readFileSync(new URL(path, import.meta.url));

test('a key that vouches for its names by SHA-1 only is weak; one signature by another hash is enough', () => {
  const [weak, good] = [publicKeys(readFileSync(WEAK_KEY)), publicKeys(fixture('by-sha256.asc'))];
  expect([weak?.weak, good?.weak]).toEqual([true, undefined]);
  const both = publicKeys(Buffer.from(`${weak?.armored ?? ''}${good?.armored ?? ''}`));
  expect(both).toMatchObject({ fingerprints: [...(weak?.fingerprints ?? []), ...(good?.fingerprints ?? [])] });
  expect(both?.weak).toBeUndefined();
  expect(publicKeys(OLD)?.weak).toBeUndefined();
});

test('signatures of others do not bind a key', () => {
  const [weak, good] = [readFileSync(WEAK_KEY), fixture('by-sha256.asc')].map((file) =>
    Buffer.from(publicKeys(file)?.armored.replaceAll(/^(-.*|=.*|)\n/gm, '') ?? '', 'base64'),
  );
  // What the other key certifies of itself, put behind this one.
  const signature = good?.subarray(good.lastIndexOf(Buffer.from('SHA256@example.com>')) + 'SHA256@example.com>'.length);
  expect(publicKeys(Buffer.concat([weak ?? Buffer.of(), signature ?? Buffer.of()]))?.weak).toBe(true);
});

test.each([
  ['nothing', ''],
  ['a login page', '<html>sign in</html>'],
  ['a signature', Buffer.from([0x88, 2, 4, 0, 0, 0])],
  ['a key cut short', OLD.subarray(0, 6)],
])('%s is no key', (_what, bytes) => {
  expect(publicKeys(Buffer.from(bytes))).toBeUndefined();
});
