import { expect, test } from 'vitest';
import { packBackup, unpackBackup, type BackupManifest } from '../../../src/engine/datastore/manifest.js';
import { sha256Hex } from '../../../src/model/text/digest.js';

const copy = Buffer.from('rows\n'.repeat(2000));
const manifest: BackupManifest = {
  kinitBackup: 1,
  kinit: '0.1.0',
  cluster: 'test',
  ca: 'ab',
  kubernetes: '1.36.3',
  datastore: 'some',
  revision: 7,
  keys: 3,
  bytes: copy.length,
  sha256: sha256Hex(copy),
  taken: '2026-01-02T03:04:05.000Z',
};

test('a backup is read back as it was written', () => {
  expect(unpackBackup('f', packBackup(manifest, copy))).toEqual({ manifest, copy });
});

test.each([
  ['torn', packBackup(manifest, copy).subarray(0, -9), /torn/],
  ['of other content', packBackup(manifest, Buffer.from('other')), /SHA-256/],
  ['something else', Buffer.from('hello\n'), /first line/],
  ['empty', Buffer.alloc(0), /first line/],
  ['of a later layout', packBackup({ ...manifest, kinitBackup: 2 as 1 }, copy), /first line/],
])('a file that is %s is refused, and says why', (_what, content, found) => {
  expect(() => unpackBackup('f', content)).toThrow(
    expect.objectContaining({
      message: 'f cannot be restored; nothing was changed',
      context: expect.objectContaining({ class: 'usage', found: expect.stringMatching(found) as string }) as object,
    }) as Error,
  );
});
