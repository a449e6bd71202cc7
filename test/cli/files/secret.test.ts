import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIfThere, readTarget, writeSecretFile } from '../../../src/cli/files/secret.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a new file and its folders are for their owner alone', async () => {
  const file = join(folder, '.kube', 'config');
  await writeSecretFile(file, 'secret');
  expect([statSync(file).mode & 0o777, statSync(join(folder, '.kube')).mode & 0o777]).toEqual([0o600, 0o700]);
});

test('a file others could read is one they cannot read afterwards, and nothing else is left', async () => {
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, 'old');
  chmodSync(file, 0o644);
  await writeSecretFile(file, 'new');
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777, readdirSync(folder)]).toEqual([
    'new',
    0o600,
    ['kubeconfig'],
  ]);
});

test('a link stays a link', async () => {
  writeFileSync(join(folder, 'real'), 'old');
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  await writeSecretFile(join(folder, 'link'), 'new');
  expect([lstatSync(join(folder, 'link')).isSymbolicLink(), readFileSync(join(folder, 'real'), 'utf8')]).toEqual([
    true,
    'new',
  ]);
});

test('what is no file stays what it is: it is written to', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('sh', ['-c', 'mkfifo -- "$0"', pipe]);
  expect(await readTarget(pipe)).toBeUndefined();
  const read = readFile(pipe, 'utf8');
  await writeSecretFile(pipe, 'secret');
  expect([await read, lstatSync(pipe).isFIFO(), readdirSync(folder)]).toEqual(['secret', true, ['pipe']]);
});

test('a folder is named as one', async () => {
  const found = { context: { found: 'it is a folder' } };
  await expect(writeSecretFile(folder, 's')).rejects.toMatchObject(found);
  await expect(readIfThere(folder)).rejects.toMatchObject(found);
});

test('what cannot be written is a KinitError with a next step', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(writeSecretFile(join(folder, 'file', 'x'), 's')).rejects.toMatchObject({
    exitCode: 12,
    context: { hint: expect.stringContaining('another file') as string },
  });
});

test('a file that is not there is undefined', async () => {
  expect(await readIfThere(join(folder, 'none'))).toBeUndefined();
});
