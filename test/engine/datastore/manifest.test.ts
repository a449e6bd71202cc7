import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { openBackup, packBackup, type BackupManifest } from '../../../src/engine/datastore/manifest.js';
import { sha256Hex } from '../../../src/model/text/digest.js';

const copy = Buffer.from('rows\n'.repeat(200_000));
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

const folder = mkdtempSync(join(tmpdir(), 'kinit-backup-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const packed = (of: BackupManifest, content: Buffer): Promise<Buffer> =>
  buffer(Readable.from(packBackup(of, Readable.from([content.subarray(0, 100), content.subarray(100)]))));
const file = (name: string, content: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

test('a backup is read back as it was written, as often as it is asked for', async () => {
  const backup = await openBackup(file('whole', await packed(manifest, copy)));
  expect(backup.manifest).toEqual(manifest);
  expect((await buffer(backup.copy())).equals(copy)).toBe(true);
  expect((await buffer(backup.copy())).equals(copy)).toBe(true);
});

test('a copy that breaks off ends the file with its own error', async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('begun');
      await Promise.reject(new Error('the host went away'));
    })(),
  );
  await expect(buffer(Readable.from(packBackup(manifest, broken)))).rejects.toThrow('the host went away');
});

test.each([
  ['torn', async () => (await packed(manifest, copy)).subarray(0, -9), /torn/],
  ['of other content', () => packed(manifest, Buffer.from('other'.repeat(50))), /SHA-256/],
  ['something else', () => Buffer.from('hello\n'), /first line/],
  ['empty', () => Buffer.alloc(0), /first line/],
  ['of a later layout', () => packed({ ...manifest, kinitBackup: 2 as 1 }, copy), /first line/],
] as const)('a file that is %s is refused, and says why', async (what, content, found) => {
  const path = file(what, await content());
  await expect(openBackup(path)).rejects.toThrow(
    expect.objectContaining({
      message: `${path} cannot be restored; nothing was changed`,
      context: expect.objectContaining({ class: 'usage', found: expect.stringMatching(found) as string }) as object,
    }) as Error,
  );
});

test('a file that is not there is named', async () => {
  await expect(openBackup(join(folder, 'none'))).rejects.toThrow('cannot be read');
});
