import { KinitError } from '../../model/error.js';
import type { Tools } from '../../model/resource.js';
import { sh } from '../../shell/script.js';
import type { PackageManager } from './package-manager.js';

/** Seconds of one look: the shell is held that long at most, so that Ctrl-C is answered. */
const LOOK = 3;

/**
 * Waits until no other package manager is at work on the host. Names the one that is, by process and pid; ends with class
 * 'timeout' after `limit` seconds, with 'interrupted' on Ctrl-C. Changes nothing.
 */
export async function waitForLock(
  manager: PackageManager,
  limit: number,
  { host, progress, signal }: Pick<Tools, 'host' | 'progress' | 'signal'>,
): Promise<void> {
  const begun = performance.now();
  let told = '';
  for (;;) {
    const seconds = Math.min(LOOK, limit);
    const look = sh(manager.waitForLock, { args: [String(seconds)] });
    const holder = (await host.run(look, { timeoutSeconds: seconds + 30 })).stdout.trim();
    if (holder === '') return;
    if (holder !== told)
      progress(`waiting for ${holder}, which holds the package manager's lock, at most ${String(limit)} s`);
    told = holder;
    if (signal.aborted)
      throw new KinitError('stopped while waiting for the package manager', {
        class: 'interrupted',
        host: host.host,
        found: `${holder} holds its lock`,
        hint: 'Nothing was installed. Run the same command again to go on.',
      });
    if (performance.now() - begun >= limit * 1000) throw stillHeld(manager, host.host, holder, limit);
  }
}

function stillHeld({ title, folders }: PackageManager, host: string, holder: string, limit: number): KinitError {
  const pid = /\(pid (\d+)\)/.exec(holder)?.[1];
  const places = `${folders.slice(0, -1).join(', ')} and ${folders.at(-1) ?? ''}`;
  return new KinitError(`the package manager is still locked after ${String(limit)} s`, {
    class: 'timeout',
    host,
    tried: `taking the locks of ${title} under ${places}`,
    found: `held by ${holder}`,
    hint: `${pid === undefined ? 'Look' : `Look at it with ps -fp ${pid}`} on ${host}; let it finish or stop it, then run the same command again. waits.packageLockSeconds in the inventory sets the bound.`,
  });
}
