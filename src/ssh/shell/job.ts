import { randomBytes } from 'node:crypto';
import { quote } from '../../shell/quote.js';

/**
 * Who may change a host, and what is being changed there right now. A job (a script that changes something) may outlive
 * its connection and its kinit; so each run puts its number on the host first, and each job
 *   - begins only while that number is its own: what was still on its way from a dead run does nothing any more;
 *   - holds a shared lock while it runs: the next run, which wants it alone, waits for the job's end and then looks
 *     at what is there. So nothing is done twice, and nothing happens behind the back of the one who looked.
 * The kernel gives locks back when a process ends, however it ends; all of it is in /run, so a reboot forgets it.
 */
export const JOB_FOLDER = '/run/kinit';

/** This run of kinit. */
export const RUN = randomBytes(8).toString('hex');

/** Exit code of a job that did not begin because another run of kinit has the host by now. */
export const TAKEN_OVER = 197;
/** Exit code of a claim whose wait ran out. */
export const STILL_BUSY = 198;

/** Seconds a claim waits for a job of an earlier run: most of what installing packages may take. */
export const CLAIM_WAIT = 900;
/** Seconds a stream of an earlier run gets to end by itself. One whose sender is gone without a word never would. */
const STREAM_WAIT = 10;

export interface JobOptions {
  readonly run?: string;
  readonly folder?: string;
}

/** sh text that runs a script as a job; its exit code is the script's. */
export function jobText(what: string, script: string, { run = RUN, folder = JOB_FOLDER }: JobOptions = {}): string {
  // The script does not inherit the lock: a daemon it starts would hold it for ever. `exit`: a shell runs the last command
  // of a subshell without a process of its own, and then nobody would hold it.
  return `(\n${begin(what, run, folder)}\n(\n${script}\n) 9>&-\nexit $?\n) 9>>${folder}/changing`;
}

/** As jobText, for a script that reads a stream which stops when its sender dies: a claim waits for it only shortly and then ends it. */
export function streamText(what: string, script: string, { run = RUN, folder = JOB_FOLDER }: JobOptions = {}): string {
  return `(\nflock -s 8 || exit 1\n${isOurs(run, folder)}\n${note(what, folder)}\n${script}\n) 8>>${folder}/streaming`;
}

/** sh text that claims a host for a run. Prints 'wait <seconds> <pid> <what>' when a job is still running. */
export function claimText({
  run = RUN,
  folder = JOB_FOLDER,
  wait = CLAIM_WAIT,
  streamWait = STREAM_WAIT,
}: JobOptions & { readonly wait?: number; readonly streamWait?: number } = {}): string {
  return `(
umask 077; mkdir -p -- ${folder} && printf '%s\\n' ${run} >${folder}/run.${run} && mv -f -T -- ${folder}/run.${run} ${folder}/run || exit 1
(
flock -n 9 && exit 0
read -r PID SINCE WHAT <${folder}/doing; read -r NOW REST </proc/uptime
echo "wait $((\${NOW%%.*} - SINCE)) $PID $WHAT"
flock -w ${wait} 9 || exit ${STILL_BUSY}
) 9>>${folder}/changing || exit $?
(
flock -w ${streamWait} 7 && exit 0
for FD in $(find /proc/[0-9]*/fd/8 -maxdepth 0 -lname ${quote(`${folder}/streaming`)} 2>/dev/null); do PID=\${FD#/proc/}; kill -9 "\${PID%%/*}" 2>/dev/null; done
flock -w ${streamWait} 7 || exit ${STILL_BUSY}
) 7>>${folder}/streaming
)`;
}

/** First lines of a job. Descriptor 9 is the lock. */
export function begin(what: string, run: string = RUN, folder: string = JOB_FOLDER): string {
  return `flock -s 9 || exit 1\n${isOurs(run, folder)}\n${note(what, folder)}`;
}

function isOurs(run: string, folder: string): string {
  return `IFS= read -r R <${folder}/run && [ "$R" = ${run} ] || exit ${TAKEN_OVER}`;
}

function note(what: string, folder: string): string {
  return `read -r NOW REST </proc/uptime; printf '%s %s %s\\n' $$ "\${NOW%%.*}" ${quote(what.replaceAll(/\s+/g, ' '))} >${folder}/doing`;
}
