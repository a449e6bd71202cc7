import { expect, test } from 'vitest';
import { publicKeys } from '../../../src/os/repositories/openpgp.js';

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

test.each([
  ['nothing', ''],
  ['a login page', '<html>sign in</html>'],
  ['a signature', Buffer.from([0x88, 2, 4, 0, 0, 0])],
  ['a key cut short', OLD.subarray(0, 6)],
])('%s is no key', (_what, bytes) => {
  expect(publicKeys(Buffer.from(bytes))).toBeUndefined();
});
