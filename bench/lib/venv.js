import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CannotRun } from './cannot-run.js';

const MINUTE = 60_000;

/**
 * A Python of its own in the cache folder with packages of pinned versions; made where it is missing or others are wanted. Throws CannotRun where
 * Python, pip or the packages cannot be had.
 * @param needs file of packages that must install, as pip reads it
 * @param may file of those that it goes without
 * @returns its folder, and why the latter did not install
 */
export function venv(name, { needs, may }, say, cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')) {
  const folder = join(cache, 'kinit', `bench-${name}`);
  const wanted = [needs, may].map((file) => (file === undefined ? '' : readFileSync(file, 'utf8'))).join('');
  const mark = join(folder, 'kinit-bench.json');
  if (read(mark)?.wanted !== wanted) {
    say(`installing ${name} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(cache, 'kinit'), { recursive: true });
    must('python3', ['-m', 'venv', folder]);
    must(join(folder, 'bin/python'), [...PIP, '-r', needs]);
    const without = may === undefined ? undefined : ran(join(folder, 'bin/python'), [...PIP, '-r', may]);
    writeFileSync(mark, JSON.stringify({ wanted, without }));
  }
  return { folder, bin: join(folder, 'bin'), without: read(mark).without };
}

/** What one line of Python says there. */
export function pythonSays(folder, line) {
  return spawnSync(join(folder, 'bin/python'), ['-c', line], { encoding: 'utf8', timeout: MINUTE }).stdout.trim();
}

/** Versions of all packages there, by their names with dashes. */
export function packagesIn(folder) {
  const list = ['-m', 'pip', 'list', '--format', 'json', '--disable-pip-version-check'];
  const { stdout } = spawnSync(join(folder, 'bin/python'), list, { encoding: 'utf8', timeout: MINUTE });
  return Object.fromEntries(JSON.parse(stdout).map(({ name, version }) => [name.replaceAll('_', '-'), version]));
}

const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2', '--timeout', '30'];

function must(program, args) {
  const failure = ran(program, args);
  if (failure !== undefined) throw new CannotRun(failure);
}

/** Why it failed, in one line; undefined where it did not. */
function ran(program, args) {
  const { status, error, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: 5 * MINUTE });
  if (status === 0) return undefined;
  // Python says on standard output what its venv lacks.
  const said = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n').filter(Boolean);
  const why = said.find((line) => /error|not |No /i.test(line)) ?? said.at(-1);
  return `${program} ${args.slice(0, 3).join(' ')} failed: ${error?.message ?? why ?? `it ended with ${status}`}`;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
