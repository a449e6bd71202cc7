import { KinitError } from '../../model/error.js';
import type { Tools } from '../../model/resource.js';
import { APT_HOLDER } from './apt.js';
import { subshell } from '../../shell/statements.js';

/** Seconds of one look: the shell is held that long at most, so that Ctrl-C is answered. */
const LOOK = 3;

/**
 * Waits until no other apt or dpkg is at work on the host. Names the one that is, by process and pid; ends with class
 * 'timeout' after `limit` seconds, with 'interrupted' on Ctrl-C. Changes nothing.
 */
export async function waitForAptLock(
  limit: number,
  { host, progress, signal }: Pick<Tools, 'host' | 'progress' | 'signal'>,
): Promise<void> {
  const begun = performance.now();
  let told = '';
  for (;;) {
    const holder = await lookFor(Math.min(LOOK, limit), host);
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
    if (performance.now() - begun >= limit * 1000) throw stillHeld(host.host, holder, limit);
  }
}

/** The holder that was there all the while, '' as soon as there is none. */
async function lookFor(seconds: number, host: Tools['host']): Promise<string> {
  const script = subshell(
    APT_HOLDER,
    `N=${String(seconds)}; while W=$(apt_holder 2> /dev/null); do [ "$N" -gt 0 ] || { echo "$W"; break; }; N=$((N - 1)); sleep 1; done`,
  );
  return (await host.run(script, { timeoutSeconds: seconds + 30 })).stdout.trim();
}

function stillHeld(host: string, holder: string, limit: number): KinitError {
  const pid = /\(pid (\d+)\)/.exec(holder)?.[1];
  return new KinitError(`the package manager is still locked after ${String(limit)} s`, {
    class: 'timeout',
    host,
    tried: 'taking the locks of apt and dpkg under /var/lib/dpkg, /var/lib/apt and /var/cache/apt',
    found: `held by ${holder}`,
    hint: `${pid === undefined ? 'Look' : `Look at it with ps -fp ${pid}`} on ${host}; let it finish or stop it, then run the same command again. waits.packageLockSeconds in the inventory sets the bound.`,
  });
}
