import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestFile } from '../../../src/artifacts/store/store.js';
import { readTar, unpackMembers } from '../../../src/artifacts/images/read-tar.js';
import { writeTar, type TarEntry } from '../../../src/artifacts/images/tar.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = `${'d'.repeat(90)}/${'f'.repeat(90)}`;
const ENTRIES: TarEntry[] = [
  { path: 'd', type: 'directory', mode: 0o1777 },
  { path: 'd/a', type: 'file', mode: 0o4755, uid: 7, gid: 8, content: Buffer.from('hello') },
  { path: LONG, type: 'file', mode: 0o644, content: Buffer.alloc(513, 1) },
  { path: 'd/s', type: 'symlink', mode: 0o777, target: '/x/y' },
  { path: 'd/h', type: 'hardlink', mode: 0o755, target: 'd/a' },
];

test('what is written is read again, long names and modes too', async () => {
  const file = join(folder, 'a.tar');
  await writeTar(file, ENTRIES);
  const read = await readTar([createReadStream(file)]);
  expect(read.map(({ path, type, mode, target }) => ({ path, type, mode, target }))).toEqual(
    ENTRIES.map(({ path, type, mode, target }) => ({ path, type, mode, target })),
  );
  expect(read[1]).toMatchObject({ uid: 7, gid: 8, content: Buffer.from('hello') });
  expect(read[2]?.content).toEqual(Buffer.alloc(513, 1));
});

test("the digest given is the file's, and the same entries give the same file", async () => {
  const first = await writeTar(join(folder, 'b.tar'), ENTRIES);
  const second = await writeTar(join(folder, 'c.tar'), ENTRIES);
  expect(await digestFile(join(folder, 'b.tar'))).toEqual(first);
  expect(second).toEqual(first);
});

test('another tar program reads it, and its files are read', async () => {
  const file = join(folder, 'd.tar');
  const content = join(folder, 'content');
  writeFileSync(content, 'from a file');
  await writeTar(file, [
    ...ENTRIES,
    {
      path: 'big',
      type: 'file',
      mode: 0o755,
      content: { localFile: content, size: 11 },
      xattrs: { 'security.capability': Buffer.from([1, 0, 0, 2]) },
    },
  ]);
  expect(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    'd/',
    'd/a',
    LONG,
    'd/s',
    'd/h',
    'big',
  ]);
  expect(execFileSync('tar', ['-xOf', file, 'big'], { encoding: 'utf8' })).toBe('from a file');
  const theirs = execFileSync('tar', [
    '-cf',
    '-',
    '-C',
    folder,
    '--format=gnu',
    '--transform',
    `s,content,${LONG},`,
    './content',
  ]);
  expect(await readTar([Readable.from([theirs])])).toMatchObject([
    { path: LONG, type: 'file', content: Buffer.from('from a file') },
  ]);
});

test('extended attributes hold any byte', async () => {
  const file = join(folder, 'e.tar');
  await writeTar(file, [
    {
      path: 'x',
      type: 'file',
      mode: 0o755,
      content: Buffer.alloc(0),
      xattrs: { 'security.capability': Buffer.from([1, 0, 0, 2, 10]) },
    },
  ]);
  const record = readFileSync(file).subarray(512, 1024);
  const text = 'SCHILY.xattr.security.capability=';
  const at = record.indexOf(text);
  expect(Number(record.subarray(0, record.indexOf(' ')).toString())).toBe(at + text.length + 5 + 1);
  expect([...record.subarray(at + text.length, at + text.length + 6)]).toEqual([1, 0, 0, 2, 10, 0x0a]);
});

test('an archive that ends too early, or is none, is an error', async () => {
  const file = join(folder, 'f.tar');
  await writeTar(file, ENTRIES);
  const whole = readFileSync(file);
  await expect(readTar([Readable.from([whole.subarray(0, 1700)])])).rejects.toThrow();
  await expect(readTar([Readable.from([Buffer.alloc(2048, 'x')])])).rejects.toThrow();
  await expect(readTar([createReadStream(join(folder, 'absent'))])).rejects.toThrow('ENOENT');
});

test('single files are unpacked by name, with or without ./ before it', async () => {
  const file = join(folder, 'g.tar');
  await writeTar(file, [
    { path: './bin/one', type: 'file', mode: 0o755, content: Buffer.from('1') },
    { path: 'two', type: 'file', mode: 0o755, content: Buffer.from('2') },
    { path: 'three', type: 'file', mode: 0o755, content: Buffer.from('3') },
  ]);
  const names = await unpackMembers(
    [createReadStream(file)],
    new Map([
      ['bin/one', join(folder, 'one')],
      ['two', join(folder, 'two')],
    ]),
  );
  expect(names).toEqual(['./bin/one', 'two', 'three']);
  expect(readFileSync(join(folder, 'one'), 'utf8') + readFileSync(join(folder, 'two'), 'utf8')).toBe('12');
});
