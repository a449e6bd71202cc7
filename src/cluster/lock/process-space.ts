import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, platform } from 'node:os';

/** Names the place where this process's pid means something: this boot of this machine, and on Linux this pid namespace. */
export function processSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `${platform()} ${hostname()}`;
  }
}

/** Whether a process is known to be gone: only where its pid can be judged from here. */
export function isDeadHere(owner: { readonly pid?: number; readonly processSpace?: string }): boolean {
  if (owner.pid === undefined || owner.processSpace !== processSpace()) return false;
  try {
    process.kill(owner.pid, 0);
    return isZombie(owner.pid);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Killed, and not yet fetched by its parent: it still has its pid, and does nothing any more (proc(5): state is behind the name in parentheses). */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
