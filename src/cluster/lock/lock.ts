import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { beatOnceScript, beatScript, forgetScript, lookScript, takeScript } from './script.js';
import { RUN_FOLDER } from '../../model/run-folder.js';
import { duration, heldByOther, otherAtWork, ownerText, parseOwner, thisProcess, type LockOwner } from './owner.js';
import { isDeadHere } from './process-space.js';
import { pause, throwIfStopped } from '../api/until.js';

export interface LockOptions {
  /** Take it from whoever holds it (--force-unlock). */
  readonly force?: boolean;
  /** Seconds to wait for another one to give it back. Default 0. */
  readonly waitSeconds?: number;
  /** Told once a holder: who has it, and how long we wait. */
  readonly onWait?: (text: string) => void;
  /** Told when the lock is another's by now. */
  readonly onLost?: (() => void) | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  readonly owner?: LockOwner;
  /** Seconds between signs of life, and without one before the lock counts as left behind. */
  readonly beatSeconds?: number;
  readonly staleSeconds?: number;
  /** On the host. Default /run/kinit: emptied by a reboot, as a lock must be. */
  readonly folder?: string;
}

interface Holder {
  readonly id: string;
  /** Seconds it has been held, and since the last sign of life, by the host's uptime. */
  readonly age: number;
  readonly silent: number;
  readonly owner: Partial<LockOwner>;
}

const BEAT_SECONDS = 20;
const STALE_SECONDS = 90;
/** What the beat script ends with when the lock is another's. */
const TAKEN_OVER = 3;
const LOOK_EVERY_MS = 1000;

/**
 * One kinit at a time on a cluster: a lock on the leader host, kept alive on an exec channel of its own
 * (the root shell may be busy for minutes) and taken over when its owner is gone. Resolves to its release.
 * Throws class 'locked' with owner, age and what to do when another kinit holds it.
 */
export async function acquireLock(
  host: HostConnection,
  command: string,
  options: LockOptions = {},
): Promise<() => Promise<void>> {
  const id = randomBytes(8).toString('hex');
  const owner = options.owner ?? thisProcess(command);
  const stale = options.staleSeconds ?? STALE_SECONDS;
  const folder = options.folder ?? RUN_FOLDER;
  const wish = { id, owner, stale, folder };
  const end = performance.now() + (options.waitSeconds ?? 0) * 1000;
  let told = '';
  for (;;) {
    let holder = await take(host, { ...wish, steal: options.force === true ? 'any' : '' });
    if (holder !== undefined && isDeadHere(holder.owner)) holder = await take(host, { ...wish, steal: holder.id });
    if (holder === undefined) break;
    const left = end - performance.now();
    if (left <= 0) throw locked(host, holder, { ...wish, waited: options.waitSeconds ?? 0 });
    if (told !== holder.id)
      options.onWait?.(`waiting at most ${duration(Math.ceil(left / 1000))} for the lock: ${described(holder, stale)}`);
    told = holder.id;
    await pause(Math.min(LOOK_EVERY_MS, left), options.signal);
    throwIfStopped(options.signal, 'the lock');
  }
  return keepAlive(host, { id, folder, beatSeconds: options.beatSeconds ?? BEAT_SECONDS, onLost: options.onLost });
}

/**
 * In words, the other kinit that has the lock now; undefined where none has. Takes nothing, and changes nothing.
 * Throws 'access' where that could not be seen.
 */
export async function lockHolder(host: HostConnection, folder = RUN_FOLDER): Promise<string | undefined> {
  const { code, stdout, stderr } = await host.run(lookScript({ folder, stale: STALE_SECONDS }), { timeoutSeconds: 20 });
  if (code !== 0)
    throw new KinitError(`could not see on ${host.host} whether another kinit is at work`, {
      class: 'access',
      host: host.host,
      tried: `reading ${folder}, which changes nothing`,
      found: stderr.trim() || `it said nothing (exit code ${String(code)})`,
      hint: 'Mend that on the host, then run the same command again: what cannot be seen is not taken for absent.',
    });
  const holder = parseHolder(stdout);
  if (holder === undefined || isDeadHere(holder.owner)) return undefined;
  return otherAtWork(holder.owner);
}

interface Wish {
  readonly id: string;
  readonly owner: LockOwner;
  readonly stale: number;
  readonly folder: string;
}

async function take(host: HostConnection, options: Wish & { readonly steal: string }): Promise<Holder | undefined> {
  const result = await host.run(takeScript(options), {
    stdin: `${JSON.stringify(options.owner)}\n`,
    timeoutSeconds: 30,
  });
  if (result.code !== 0) {
    throw new KinitError('could not take the lock', {
      class: 'access',
      host: host.host,
      tried: `writing ${options.folder}/lock`,
      found: result.stderr.trim() || `exit code ${result.code}`,
      hint: 'Check that flock (util-linux) is installed on this host and its /run can be written to.',
    });
  }
  return parseHolder(result.stdout);
}

function parseHolder(output: string): Holder | undefined {
  const [answer = '', owner = ''] = output.trim().split('\n');
  const [word, id = '', age = '', silent = ''] = answer.split(' ');
  if (word !== 'held') return undefined;
  return { id, age: Number(age), silent: Number(silent), owner: parseOwner(owner) };
}

function keepAlive(
  host: HostConnection,
  {
    id,
    folder,
    beatSeconds,
    onLost,
  }: { id: string; folder: string; beatSeconds: number; onLost: LockOptions['onLost'] },
): () => Promise<void> {
  let released: Promise<void> | undefined;
  const beats = new PassThrough();
  let open = true;
  const ended = host
    .pipe(beatScript({ id, folder }), beats, { timeoutSeconds: 7 * 24 * 3600 })
    .catch(() => undefined)
    .finally(() => (open = false));
  const lostIf = (code: number | undefined): void => {
    if (code === TAKEN_OVER && released === undefined) onLost?.();
  };
  void ended.then((result) => lostIf(result?.code));
  const timer = setInterval(() => {
    if (open) beats.write('beat\n');
    // No channel to be had (sshd's MaxSessions): better a late sign of life than none. A lost connection is reported by the work itself.
    else
      void host.run(beatOnceScript({ id, folder }), { timeoutSeconds: 20 }).then(({ code }) => lostIf(code), ignored);
  }, beatSeconds * 1000);
  timer.unref();
  return () => {
    released ??= release();
    return released;
  };

  async function release(): Promise<void> {
    clearInterval(timer);
    beats.end('release\n');
    const result = await ended;
    // The channel is gone or would not open: the shell does what it could not.
    if (result?.code !== 0) await host.run(forgetScript({ id, folder }), { timeoutSeconds: 20 }).catch(() => undefined);
  }
}

const ignored = (): void => undefined;

function locked(
  host: HostConnection,
  holder: Holder,
  { stale, folder, waited }: Wish & { readonly waited: number },
): KinitError {
  return heldByOther(holder.owner, {
    host: host.host,
    tried: `taking the lock ${folder}/lock${waited > 0 ? `, for ${duration(waited)}` : ''}`,
    found: `held by ${described(holder, stale)}`,
    hint: 'Wait for it to end, with --lock-wait 10m for example. If it is gone for good, the lock frees itself when it expires; --force-unlock takes it at once.',
  });
}

function described({ owner, age, silent }: Holder, stale: number): string {
  return `${ownerText(owner)} (${duration(age)} ago), last sign of life ${duration(silent)} ago, expires in ${duration(Math.max(stale - silent, 1))} without another`;
}
