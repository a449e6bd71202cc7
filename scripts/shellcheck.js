// Every .sh file of src/ as it is sent to hosts (included files in their places) under shellcheck, as POSIX sh or, the few .bash files, as bash.
// Ends with code 3 where shellcheck is not installed (scripts/install-tools.js does it).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellScript } from '../dist/shell/script.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');

if (spawnSync('shellcheck', ['--version'], { timeout: 20_000 }).status !== 0) {
  console.log('shellcheck is not installed: apt-get install shellcheck');
  process.exit(3);
}
const files = readdirSync(dist, { recursive: true }).filter((file) => /\.(sh|bash)$/.test(file));
const folder = mkdtempSync(path.join(tmpdir(), 'kinit-shellcheck-'));
try {
  for (const file of files) {
    const { text } = shellScript(`./${file}`, `file://${dist}/`);
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `# shellcheck shell=${path.extname(file).slice(1)}\n${text}\n`);
  }
  // SC2015: `a && b || die` is meant to end when b fails too.
  // SC2120, SC2119: a script's own arguments are set in front of it. SC2317: functions of included files.
  // SC3013: -ef, -nt and -ot are not POSIX, and every shell has them (test/shell runs three).
  const excluded = 'SC2015,SC2119,SC2120,SC2317,SC3013';
  const options = ['--severity=info', `--exclude=${excluded}`, '--wiki-link-count=0'];
  const result = spawnSync('shellcheck', [...options, ...files], { cwd: folder, stdio: 'inherit', timeout: 240_000 });
  if (result.status === 0) console.log(`shellcheck: ${String(files.length)} files, nothing found`);
  process.exitCode = result.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
