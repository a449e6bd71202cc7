import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotRun } from '../lib/cannot-run.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const MINUTE = 60_000;

/**
 * Ansible in the cache folder, of pinned versions; made where it is missing or others are wanted. Throws CannotRun where Python, pip or
 * the packages cannot be had.
 * @returns its programs' folder, and the folder of mitogen's strategies, undefined with the reason where it did not install
 */
export function ansibleHere(say, cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')) {
  const folder = join(cache, 'kinit', 'bench-ansible');
  const wanted = readFileSync(here('requirements.txt'), 'utf8') + readFileSync(here('mitogen.txt'), 'utf8');
  const mark = join(folder, 'kinit-bench.json');
  const before = read(mark);
  if (before?.wanted !== wanted) {
    say(`installing ansible-core and mitogen into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(cache, 'kinit'), { recursive: true });
    must('python3', ['-m', 'venv', folder]);
    must(join(folder, 'bin/python'), [...PIP, '-r', here('requirements.txt')]);
    const mitogen = ran(join(folder, 'bin/python'), [...PIP, '-r', here('mitogen.txt')]);
    writeFileSync(mark, JSON.stringify({ wanted, withoutMitogen: mitogen }));
  }
  const { withoutMitogen } = read(mark);
  return {
    bin: join(folder, 'bin'),
    ...(withoutMitogen === undefined ? { strategies: strategiesIn(folder) } : { withoutMitogen }),
  };
}

const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2', '--timeout', '30'];

/** It says for itself where it lies. */
function strategiesIn(folder) {
  const say = 'import ansible_mitogen, os; print(os.path.dirname(ansible_mitogen.__file__))';
  const { stdout } = spawnSync(join(folder, 'bin/python'), ['-c', say], { encoding: 'utf8', timeout: MINUTE });
  return join(stdout.trim(), 'plugins/strategy');
}

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
