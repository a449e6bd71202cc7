// One run of the end-to-end tests in a checkout at a time: a second one would take the labs of the first away.
import { createHash } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Takes the lock until this process ends. Gives the process id of the living holder where there is one. */
export function takeRunLock(root) {
  const file = path.join(tmpdir(), `kinit-test-${createHash('sha256').update(root).digest('hex').slice(0, 12)}.lock`);
  const mine = `${String(process.pid)} ${startOf(process.pid) ?? '-'}`;
  for (let tries = 0; tries < 10; tries += 1) {
    if (take(file, mine)) {
      process.on('exit', () => rmSync(file, { force: true }));
      return undefined;
    }
    const [pid = '', start] = read(file).split(' ');
    if (pid !== '' && startOf(pid) === start) return pid;
    rmSync(file, { force: true });
  }
  return read(file).split(' ')[0];
}

/** Linked into place with its holder in it, so that nobody reads an empty one. */
function take(file, mine) {
  const own = `${file}.${String(process.pid)}`;
  writeFileSync(own, mine);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** When a process started (field 22 of /proc/PID/stat): its id may be used again. */
function startOf(pid) {
  const stat = read(`/proc/${String(pid)}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
