import { KinitError } from '../../model/error.js';
import type { CommandResult, HostConnection } from '../../model/host.js';
import { CLAIM_WAIT, claimText, STILL_BUSY, TAKEN_OVER } from './job.js';
import { RUN_FOLDER } from '../../model/run-folder.js';

/** Makes this run the one that changes the host; see HostConnection.claim. */
export async function claim(host: string, run: HostConnection['run'], onWait: (text: string) => void): Promise<void> {
  let waited = 'a change of an earlier run of kinit';
  const result = await run(claimText(), {
    // For a job, and then for a stream.
    timeoutSeconds: 2 * CLAIM_WAIT + 60,
    onLine: (line) => {
      const [, seconds, pid, what] = /^wait (-?\d+) (\d*) ?(.*)$/.exec(line) ?? [];
      if (seconds === undefined) return;
      waited = `"${what ?? ''}", begun ${seconds} s ago by an earlier run of kinit (process ${pid ?? '?'})`;
      onWait(`still at work on this host: ${waited}; waiting for its end, at most ${CLAIM_WAIT} s`);
    },
  });
  if (result.code === 0) return;
  if (result.code === STILL_BUSY) {
    throw new KinitError(`what an earlier run of kinit began on ${host} has not come to its end`, {
      class: 'timeout',
      host,
      tried: `waiting ${CLAIM_WAIT} s for ${waited}`,
      hint: `See what it does: fuser -v ${RUN_FOLDER}/changing ${RUN_FOLDER}/streaming on ${host}. One in state D (ps -o stat,cmd) waits for its disk: look at dmesg there. End it if it hangs, then run again.`,
    });
  }
  throw new KinitError(`${host} cannot be claimed for this run`, {
    class: 'access',
    host,
    tried: `writing ${RUN_FOLDER}/run`,
    found: result.stderr.trim() || `exit code ${result.code}`,
    hint: 'Check that flock (util-linux) is installed on this host and its /run can be written to.',
  });
}

/** The result of a job, unless it did not begin because another run took the host over. */
export function ofOurs(host: string, what: string, result: CommandResult): CommandResult {
  if (result.code === TAKEN_OVER) throw takenOver(host, what);
  return result;
}

export function takenOver(host: string, what: string): KinitError {
  return new KinitError(`another run of kinit has taken ${host} over`, {
    class: 'locked',
    host,
    tried: what,
    found: `${RUN_FOLDER}/run names another run; nothing of this was done`,
    hint: 'Let that run end, then run the same command again: it goes on from there.',
  });
}
