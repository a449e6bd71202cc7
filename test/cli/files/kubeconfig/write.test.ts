import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readableByOthers, rewriteKubeconfig } from '../../../../src/cli/files/kubeconfig/write.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-kubeconfig-'));
  file = join(folder, 'config');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([0o600, 0o640, 0o644])(
  'a file keeps its mode (%o), and what was in it lies beside it for its owner alone',
  async (mode) => {
    writeFileSync(file, 'old');
    chmodSync(file, mode);
    const copy = await rewriteKubeconfig(file, 'old', 'new');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['new', mode]);
    expect([readFileSync(copy ?? '', 'utf8'), statSync(copy ?? '').mode & 0o777]).toEqual(['old', 0o600]);
    expect(readdirSync(folder)).toHaveLength(2);
  },
);

test.runIf(process.getuid?.() === 0)("another user's file stays that user's", async () => {
  writeFileSync(file, 'old');
  chownSync(file, 12345, 54321);
  const copy = await rewriteKubeconfig(file, 'old', 'new');
  expect([statSync(file).uid, statSync(file).gid, readFileSync(file, 'utf8')]).toEqual([12345, 54321, 'new']);
  // The copy is as secret as the file was: whoever could read it then can now.
  expect([statSync(copy ?? '').uid, statSync(copy ?? '').mode & 0o777]).toEqual([12345, 0o600]);
});

test('a link stays a link; the copy lies beside what it points at', async () => {
  const real = join(folder, 'dotfiles');
  writeFileSync(real, 'old');
  symlinkSync(real, file);
  const copy = await rewriteKubeconfig(file, 'old', 'new');
  expect([lstatSync(file).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, 'new']);
  expect(copy).toMatch(/\/dotfiles\.before-kinit-/);
});

test('a new file is for its owner alone, and there is no copy of nothing', async () => {
  expect(await rewriteKubeconfig(join(folder, '.kube', 'config'), undefined, 'new')).toBeUndefined();
  expect(statSync(join(folder, '.kube', 'config')).mode & 0o777).toBe(0o600);
});

test("while kubectl writes it, nothing is written, and kubectl's lock stays", async () => {
  writeFileSync(file, 'old');
  writeFileSync(`${file}.lock`, '');
  await expect(rewriteKubeconfig(file, 'old', 'new')).rejects.toMatchObject({ exitCode: 17 });
  expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['old', ['config', 'config.lock']]);
});

test('what somebody else wrote meanwhile is not overwritten', async () => {
  writeFileSync(file, 'theirs');
  await expect(rewriteKubeconfig(file, 'old', 'new')).rejects.toMatchObject({ exitCode: 17 });
  expect([readFileSync(file, 'utf8'), existsSync(`${file}.lock`)]).toEqual(['theirs', false]);
});

test('files that others may read are told', async () => {
  writeFileSync(file, 'x', { mode: 0o600 });
  const [group, world, none] = ['group', 'world', 'none'].map((name) => join(folder, name)) as [string, string, string];
  for (const [path, mode] of [[group, 0o640] as const, [world, 0o644] as const]) {
    writeFileSync(path, 'x');
    chmodSync(path, mode);
  }
  expect(await readableByOthers([file, group, world, none])).toEqual([group, world]);
});
