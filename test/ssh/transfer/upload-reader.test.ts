import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runLocal } from '../../../src/ssh/local.js';
import { uploadReader } from '../../../src/ssh/transfer/upload-reader.js';
import { scratch } from '../scratch.js';

const file = (path: string, content: string, mode = '644', sum = '-'): string =>
  `file ${Buffer.byteLength(content)} ${mode} root:root ${sum}\n${path}\n${content}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const receive = (input: string): Promise<{ code: number; stdout: string; stderr: string }> =>
  runLocal('sh', ['-c', `umask 022; ${uploadReader('test', false)}`], { input, reject: false });

/** Everything below a folder, sorted. */
const all = (path: string): string[] => readdirSync(path, { recursive: true }).map(String).sort();

test('files come whole whatever their names and contents, parents 0755', async () => {
  const top = scratch();
  const names = ["it's", 'two words', '$(touch no)', '-n', 'back\\slash', ' blank ', '*'];
  const content = 'file 5 644 root:root -\nend\n\\0 no line break';
  const { stdout, stderr } = await receive(
    `${names.map((name) => file(join(top, 'new dir/deep', name), content)).join('')}end\n`,
  );
  expect(stderr).toBe('');
  expect(stdout).toBe('done\n');
  expect(readdirSync(join(top, 'new dir/deep')).sort()).toEqual([...names].sort());
  for (const name of names) expect(readFileSync(join(top, 'new dir/deep', name), 'utf8')).toBe(content);
  expect(statSync(join(top, 'new dir')).mode & 0o777).toBe(0o755);
});

test('modes are the final ones, and an old file is replaced, not written into', async () => {
  const top = scratch();
  writeFileSync(join(top, 'secret'), 'old', { mode: 0o644 });
  const before = statSync(join(top, 'secret')).ino;
  await receive(`${file(join(top, 'secret'), 'new', '600')}${file(join(top, 'tool'), '', '755')}end\n`);
  expect(statSync(join(top, 'secret')).mode & 0o7777).toBe(0o600);
  expect(statSync(join(top, 'secret')).ino).not.toBe(before);
  expect(statSync(join(top, 'tool')).mode & 0o7777).toBe(0o755);
});

test('a wrong checksum keeps every file of the batch out, and nothing is left', async () => {
  const top = scratch();
  writeFileSync(join(top, 'a'), 'old');
  const { code, stdout, stderr } = await receive(
    `${file(join(top, 'a'), 'new')}${file(join(top, 'b'), 'bbb', '644', sha256('other'))}${file(join(top, 'c'), 'ccc', '644', sha256('ccc'))}end\n`,
  );
  expect(code).not.toBe(0);
  expect(stdout).toBe('fail 1\n');
  expect(stderr).toContain(`what arrived has sha256 ${sha256('bbb')}, not ${sha256('other')}`);
  expect(all(top)).toEqual(['a']);
  expect(readFileSync(join(top, 'a'), 'utf8')).toBe('old');
});

test('a stream that stops early leaves nothing, wherever it stops', async () => {
  const whole = (top: string): string => `${file(join(top, 'a'), 'aaaa')}${file(join(top, 'b'), 'bbbb')}end\n`;
  const length = whole(scratch()).length;
  for (const at of [0, 10, 40, length - 20, length - 6, length - 4]) {
    const top = scratch();
    const { stdout } = await receive(whole(top).slice(0, at));
    expect(stdout).not.toContain('done');
    expect(all(top)).toEqual([]);
  }
});

test('a target that cannot be written is named by its index, with the reason', async () => {
  const top = scratch();
  mkdirSync(join(top, 'dir'));
  writeFileSync(join(top, 'plain'), '');
  chmodSync(join(top, 'plain'), 0o644);
  const under = await receive(`${file(join(top, 'ok'), 'x')}${file(join(top, 'plain/below'), 'y')}end\n`);
  expect(under.stdout).toBe('fail 1\n');
  expect(under.stderr).toMatch(/Not a directory|File exists/);
  const onto = await receive(`${file(join(top, 'dir'), 'y')}end\n`);
  expect(onto.stdout).toBe('fail 0\n');
  expect(all(top)).toEqual(['dir', 'plain']);
});

test('no room: what head says comes back, and nothing is left', async () => {
  // /dev/full gives ENOSPC to every write; a head that writes there stands for a full disk.
  const top = scratch();
  const script = `head() { cat >/dev/null; printf x >/dev/full; }; ${uploadReader('test', false)}`;
  const result = await runLocal('bash', ['-c', script], {
    input: `${file(join(top, 'a'), 'aaaa')}end\n`,
    reject: false,
  });
  expect(result.stdout).toContain('fail 0');
  expect(result.stderr).toContain('No space left on device');
  expect(all(top)).toEqual([]);
});

test('files are labelled all at once, also those that were in place before one failed', async () => {
  const top = scratch();
  mkdirSync(join(top, 'dir'));
  const labels = join(top, 'labels');
  const reader = uploadReader('test', false).replaceAll('/sys/fs/selinux/enforce', '/');
  const script = `restorecon() { echo "$*" >> '${labels}'; }; ${reader}`;
  const [a, b, folder, last] = ['a', 'b', 'dir', 'last'].map((name) => file(join(top, name), 'x'));
  const receiveOn = (input: string): Promise<{ stdout: string }> =>
    runLocal('sh', ['-c', script], { input, reject: false });
  expect((await receiveOn(`${a}${b}end\n`)).stdout).toBe('done\n');
  expect((await receiveOn(`${a}${b}${folder}${last}end\n`)).stdout).toBe('fail 2\n');
  expect((await receiveOn(`${folder}end\n`)).stdout).toBe('fail 0\n');
  const line = `-- ${join(top, 'a')} ${join(top, 'b')}`;
  expect(readFileSync(labels, 'utf8')).toBe(`${line}\n${line}\n`);
  expect(all(top)).toEqual(['a', 'b', 'dir', 'labels']);
});
