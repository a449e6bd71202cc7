import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { uploadReader } from '../../../../src/ssh/transfer/upload-reader.js';
import { argv, SHELLS } from '../../../resources/sh.js';
import type { Shell } from '../../../resources/sh.js';
import { scratch } from '../../scratch.js';

const folder = new URL('../../../../src/ssh/transfer/parts/', import.meta.url);
const ASK = shellScript('./ask.sh', folder.href);
const RECEIVE = shellScript('./receive.sh', folder.href);
const MIB = 1024 * 1024;

const content = randomBytes(2 * MIB + 5);
const sum = createHash('sha256').update(content).digest('hex');
const NAME = `.kinit-part-${sum}`;

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (shell: Shell, script: string, input: Buffer | string = ''): Said => {
  const [command = '', ...args] = [...argv(shell), '-c', script];
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  return { code: status, stdout, stderr };
};

/** Slice `number` of a file in slices of 1 MiB. */
function slice(number: number, packed = false, bytes: Buffer = content): Buffer {
  const raw = bytes.subarray(number * MIB, (number + 1) * MIB);
  const sent = packed ? gzipSync(raw) : raw;
  return Buffer.concat([
    Buffer.from(`slice 0 ${String(number)} 3 ${String(sent.length)} ${packed ? 'gzip' : 'plain'}\n`),
    sent,
  ]);
}

const at = (folder: string): string => join(folder, NAME);

const END = Buffer.from('end\n');

for (const shell of SHELLS) {
  const receive = (parts: string, ...pieces: Buffer[]): Said =>
    run(shell, sh(RECEIVE, { env: { MIB: '1' }, args: [sum, at(parts)] }), Buffer.concat(pieces));
  const ask = (parts: string): string => {
    const { code, stdout, stderr } = run(shell, sh(ASK, { env: { KEPT: parts }, args: [sum, at(parts)] }));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  test(`${shell}: slices in any order, plain or compressed, become the file, and nothing else stays`, () => {
    const parts = join(scratch(), 'parts');
    expect(ask(parts)).toBe(`${sum}\n`);
    expect(statSync(parts).mode & 0o777).toBe(0o700);
    expect(receive(parts, slice(2), slice(0, true), slice(1), END)).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(readdirSync(parts)).toEqual([NAME]);
    expect(readFileSync(at(parts)).equals(content)).toBe(true);
    expect(statSync(at(parts)).mode & 0o777).toBe(0o600);
    expect(ask(parts)).toBe(`${sum} whole\n`);
  });

  test(`${shell}: what landed before the stream was cut need not come again, half a slice does`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    const cut = receive(parts, slice(0), slice(1).subarray(0, 1000));
    expect(cut.stdout).not.toContain('done');
    expect(ask(parts)).toBe(`${sum} 0\n`);
    receive(parts, slice(1), slice(2, true).subarray(0, 1000));
    expect(ask(parts)).toBe(`${sum} 0 1\n`);
    expect(existsSync(at(parts))).toBe(false);
    expect(receive(parts, slice(2), END).stdout).toBe('done\n');
    expect(readFileSync(at(parts)).equals(content)).toBe(true);
  });

  test(`${shell}: of two channels, each lands a part`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    expect(receive(parts, slice(1), END).stdout).toBe('done\n');
    expect(ask(parts)).toBe(`${sum} 1\n`);
    expect(receive(parts, slice(0), slice(2), END).stdout).toBe('done\n');
    expect(ask(parts)).toBe(`${sum} whole\n`);
  });

  test(`${shell}: a file that arrived wrong is taken away, and comes as a whole the next time`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    const other = Buffer.from(content);
    other[7] = (other[7] ?? 0) ^ 1;
    const { stdout, stderr } = receive(parts, slice(0, false, other), slice(1), slice(2), END);
    expect(stdout).toContain(`fail 0\n`);
    expect(stderr).toMatch(/what arrived has sha256 \w{64}, not /);
    expect(readdirSync(parts)).toEqual([]);
    expect(ask(parts)).toBe(`${sum}\n`);
  });

  test(`${shell}: cut while it was checked: its slices are known, and the first that lands again has it checked`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    writeFileSync(`${at(parts)}.checked`, content);
    writeFileSync(`${at(parts)}.landed`, '0\n2\n1\n');
    expect(ask(parts)).toBe(`${sum} 0 2 1\n`);
    expect(receive(parts, slice(0), END).stdout).toBe('done\n');
    expect(readFileSync(at(parts)).equals(content)).toBe(true);
  });

  test(`${shell}: what nobody has gone on with for a day goes`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    writeFileSync(join(parts, '.kinit-part-0.new'), '');
    const before = new Date(Date.now() - 25 * 3600_000);
    utimesSync(join(parts, '.kinit-part-0.new'), before, before);
    ask(parts);
    expect(readdirSync(parts)).toEqual([`${NAME}.new`]);
  });

  test(`${shell}: a disk that is full is said, with the room there is, and what is not whole does not stay on it`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    const script = `dd() { cat > /dev/null; command dd if=/dev/zero of=/dev/full count=1 status=none; }; ${sh(RECEIVE, { env: { MIB: '1' }, args: [sum, at(parts)] })}`;
    const { stdout, stderr } = run(shell, script, Buffer.concat([slice(0), END]));
    expect(stdout).toBe(`fail 0\n`);
    expect(stderr).toContain('No space left on device');
    expect(stderr).toMatch(/\d+ MB of \d+ MB are free there/);
    expect(readdirSync(parts)).toEqual([]);
  });

  test(`${shell}: of two channels, one finds the disk full: the other says so too, and leaves nothing that it still wrote`, () => {
    const parts = join(scratch(), 'parts');
    ask(parts);
    // The one that failed has taken everything away by now: before a slice, or while one came.
    rmSync(`${at(parts)}.new`);
    expect(receive(parts, slice(1), slice(2), END)).toMatchObject({ code: 1, stdout: 'gone\n' });
    expect(readdirSync(parts)).toEqual([]);
    const meanwhile = `dd() { command dd "$@"; rm -f '${at(parts)}.new'; }; ${sh(RECEIVE, { env: { MIB: '1' }, args: [sum, at(parts)] })}`;
    ask(parts);
    const { stdout } = run(shell, meanwhile, Buffer.concat([slice(0), END]));
    expect({ stdout, left: readdirSync(parts) }).toEqual({ stdout: 'gone\n', left: [] });
  });

  test(`${shell}: what was brought is put in place with the small files, with its mode`, () => {
    const top = scratch();
    const folder = join(top, 'bin');
    ask(folder);
    receive(folder, slice(0), slice(1), slice(2), END);
    const script = `umask 022; ${uploadReader('test', false)}`;
    const stream = `part ${String(content.length)} 755 root:root ${sum}\n${folder}/tool\nfile 2 640 root:root -\n${top}/conf\nhiend\n`;
    expect(run(shell, script, stream)).toMatchObject({ stdout: 'done\n', stderr: '' });
    expect(readFileSync(join(folder, 'tool')).equals(content)).toBe(true);
    expect(statSync(join(folder, 'tool')).mode & 0o7777).toBe(0o755);
    expect(readFileSync(join(top, 'conf'), 'utf8')).toBe('hi');
    expect(readdirSync(folder)).toEqual(['tool']);
  });

  test(`${shell}: a placing that is cut leaves what was brought for the next run`, () => {
    const folder = join(scratch(), 'bin');
    ask(folder);
    receive(folder, slice(0), slice(1), slice(2), END);
    const stream = `part ${String(content.length)} 755 root:root ${sum}\n${folder}/tool\n`;
    expect(run(shell, uploadReader('test', false), stream).stdout).toBe('');
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(ask(folder)).toBe(`${sum} whole\n`);
  });
}
