import { randomBytes } from 'node:crypto';
import { RUN_FOLDER } from '../../model/run-folder.js';
import { quote, quoteAll } from '../../shell/quote.js';
import { sh, shellScript } from '../../shell/script.js';

/**
 * Who may change a host, and what is being changed there right now. A job (a script that changes something) may outlive
 * its connection and its kinit; so each run puts its number on the host first, and each job
 *   - begins only while that number is its own: what was still on its way from a dead run does nothing any more;
 *   - holds a shared lock while it runs: the next run, which wants it alone, waits for the job's end and then looks
 *     at what is there. So nothing is done twice, and nothing happens behind the back of the one who looked.
 * The kernel gives locks back when a process ends, however it ends; all of it is in /run, so a reboot forgets it.
 *
 * This is the number of this run.
 */
export const RUN = randomBytes(8).toString('hex');

const CLAIM = shellScript('./claim.sh', import.meta.url);
const BEGIN_JOB = shellScript('./begin-job.sh', import.meta.url);

/** Exit code of a job that did not begin because another run of kinit has the host by now; begin-job.sh and receive-files.sh have it too. */
export const TAKEN_OVER = 197;
/** Exit code of a claim whose wait ran out; claim.sh has it too. */
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
export function jobText(what: string, script: string, { run = RUN, folder = RUN_FOLDER }: JobOptions = {}): string {
  // The script does not inherit the lock: a daemon it starts would hold it for ever. `exit`: a shell runs the last command
  // of a subshell without a process of its own, and then nobody would hold it.
  return `(\nflock -s 9 || exit 1\n${begin(what, run, folder)}\n(\n${script}\n) 9>&-\nexit $?\n) 9>>${quote(folder)}/changing`;
}

/** As jobText, for a script that reads a stream which stops when its sender dies: a claim waits for it only shortly and then ends it. */
export function streamText(what: string, script: string, { run = RUN, folder = RUN_FOLDER }: JobOptions = {}): string {
  return `(\nflock -s 8 || exit 1\n${begin(what, run, folder)}\n${script}\n) 8>>${quote(folder)}/streaming`;
}

/** sh text that claims a host for a run. Prints 'wait <seconds> <pid> <what>' when a job is still running. */
export function claimText({
  run = RUN,
  folder = RUN_FOLDER,
  wait = CLAIM_WAIT,
  streamWait = STREAM_WAIT,
}: JobOptions & { readonly wait?: number; readonly streamWait?: number } = {}): string {
  return sh(CLAIM, { args: [run, folder, String(wait), String(streamWait)] });
}

/** First lines of a job, which holds its lock already. */
function begin(what: string, run: string, folder: string): string {
  return `${BEGIN_JOB.text}\nbegin_job ${quoteAll([folder, run, what.replaceAll(/\s+/g, ' ')])}`;
}
