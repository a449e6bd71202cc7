import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sh, shellScript } from '../../../src/shell/script.js';
import { run, SHELLS } from '../../resources/sh.js';

const KEEP_TIME = shellScript('../../../src/control-plane/embedded/keep-time.sh', import.meta.url);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-time-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(SHELLS)('the new one has the time of the old one, in whose place it is (%s)', (shell) => {
  const [path, incoming] = [join(folder, 'server.yaml'), join(folder, 'server.yaml.kinit-new')];
  writeFileSync(path, 'old');
  utimesSync(path, 1_000_000_000, 1_000_000_000);
  writeFileSync(incoming, 'new');
  expect(run(shell, sh(KEEP_TIME, { args: [path, incoming] }))).toMatchObject({ code: 0, stderr: '' });
  expect({ text: readFileSync(path, 'utf8'), time: statSync(path).mtimeMs, files: readdirSync(folder) }).toEqual({
    ...{ text: 'new', time: 1_000_000_000_000, files: ['server.yaml'] },
  });
});
