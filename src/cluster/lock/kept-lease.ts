import type { ClusterApi } from '../../model/api.js';
import type { KinitError } from '../../model/error.js';
import { signalOfMany } from '../../model/signal.js';
import { pause, throwIfStopped } from '../api/until.js';
import {
  deleteLease,
  haveCommonHost,
  LEASE_SECONDS,
  takeLease,
  type LeaseHolder,
  type LeaseOutcome,
  type LeaseVersion,
  type SeenLease,
} from './lease.js';
import { duration, heldByOther, ownerText } from './owner.js';
import { isDeadHere } from './process-space.js';

/** How the API is come by. */
export interface LeaseWay {
  /** Rejects where there is none now. */
  readonly api: () => Promise<ClusterApi>;
  /** It gave no answer: another way is tried next. */
  readonly failed: () => void;
  readonly close: () => void;
}

export interface LeaseOptions {
  readonly mine: LeaseHolder;
  readonly way: LeaseWay;
  /** Take it from whoever holds it (--force-unlock), the first time. */
  readonly force: boolean;
  /** Seconds to wait for another one to give it back. */
  readonly waitSeconds: number;
  /** Told once a holder: who has it, and how long we wait. */
  readonly onWait: (text: string) => void;
  /** Told once why there can be no Lease. */
  readonly onRefused: (found: string) => void;
  /** Told when another kinit has it after all, with class 'locked'. */
  readonly onLost: (error: KinitError) => void;
  /** Whether the lock file of a host is another's by now: then hosts in common say nothing. */
  readonly isLost: () => boolean;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Milliseconds: between signs of life; between tries while no API has answered yet, growing from this; that an answer is waited for; that release takes. */
  readonly beatMs?: number;
  readonly againMs?: number;
  readonly answerMs?: number;
  readonly releaseMs?: number;
  /** Milliseconds that a holder is watched before its silence is believed. */
  readonly staleMs?: number;
}

export interface KeptLease {
  /**
   * Resolves when it is ours, or cannot be: the API is away or refuses, and the run goes on with the lock file. Says whether another one had it
   * before: what was seen of the cluster until then is old. Throws class 'locked' or 'interrupted'.
   */
  readonly held: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}

const LOOK_EVERY_MS = 1000;

/**
 * Takes the Lease of the cluster, beside the lock file, and keeps it: it meets those whose inventory names other control planes of the same cluster. Begins
 * at once, and never throws by itself; `held` says what came of it.
 */
export function keepLease(options: LeaseOptions): KeptLease {
  const { mine, way, signal, waitSeconds, staleMs = LEASE_SECONDS * 1000, answerMs = 5000 } = options;
  const watched = silence(staleMs);
  let at: LeaseVersion | undefined;
  let acquired = '';
  let last: LeaseOutcome = { is: 'away' };
  let inHand: Promise<LeaseOutcome> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lostTo: KinitError | undefined;
  let refused = false;
  let tries = 0;
  let ended = false;
  /** Holders that it was taken from. */
  const gone = new Set<string>();
  const begun = begin();
  // Whoever asks is told; nobody may.
  begun.catch(() => undefined);

  return {
    held: async () => {
      const waited = await begun;
      // The API may have come while something else was waited for.
      if (acquired === '' && last.is === 'away') lostIf(await attempt());
      if (lostTo !== undefined) throw lostTo;
      return waited;
    },
    release: async () => {
      ended = true;
      clearTimeout(timer);
      await within(giveBack(), options.releaseMs ?? 2000);
      way.close();
    },
  };

  /** Says whether another one had it before. */
  async function begin(): Promise<boolean> {
    const end = performance.now() + waitSeconds * 1000;
    let told = '';
    for (;;) {
      const outcome = await attempt();
      throwIfStopped(signal, 'the lock');
      if (outcome.is !== 'held') {
        beatLater();
        return told !== '';
      }
      const left = end - performance.now();
      if (left <= 0) throw locked(outcome.by, waitSeconds);
      if (told !== outcome.by.id || told === '')
        options.onWait(`waiting at most ${duration(Math.ceil(left / 1000))} for the lock: ${described(outcome.by)}`);
      told = outcome.by.id || 'unknown';
      await pause(Math.min(LOOK_EVERY_MS, left), signal);
      throwIfStopped(signal, 'the lock');
    }
  }

  function beatLater(): void {
    if (ended) return;
    const { beatMs = 20_000, againMs = 1000 } = options;
    const isSoon = acquired === '' && last.is === 'away';
    timer = setTimeout(() => void beat(), isSoon ? Math.min(beatMs, againMs * 1.5 ** tries++) : beatMs);
    timer.unref();
  }

  async function beat(): Promise<void> {
    const outcome = await attempt();
    if (ended) return;
    lostIf(outcome);
    if (lostTo === undefined) beatLater();
  }

  function lostIf(outcome: LeaseOutcome): void {
    if (outcome.is !== 'held' || ended || lostTo !== undefined) return;
    lostTo = locked(outcome.by, 0);
    options.onLost(lostTo);
  }

  /** One try, over one that is still in hand; what takes too long goes on, and is as good as away meanwhile. */
  async function attempt(): Promise<LeaseOutcome> {
    // The run may fail while this still waits: what is given back is not taken again.
    if (ended) return { is: 'away' };
    inHand ??= tryOnce().finally(() => (inHand = undefined));
    return (await within(inHand, answerMs, signal)) ?? { is: 'away' };
  }

  async function tryOnce(): Promise<LeaseOutcome> {
    const now = acquired === '' ? new Date().toISOString() : acquired;
    try {
      last = await takeLease(await way.api(), { mine, at, acquired: now, claims });
    } catch {
      last = { is: 'away' };
    }
    if (last.is === 'mine') {
      at = last.at;
      acquired = now;
    } else if (last.is !== 'held') way.failed();
    if (last.is === 'refused' && !refused) {
      refused = true;
      options.onRefused(last.found);
    }
    return last;
  }

  function claims(seen: SeenLease): boolean {
    const isGone = isOfGoneRun(seen) || isDeadHere(seen.owner);
    if (!isGone && (acquired !== '' || !(options.force || watched(seen)))) return false;
    gone.add(seen.id);
    return true;
  }

  /**
   * We hold the lock file of a host that it held: it is a run that is gone, or data of back then were restored. Not so where it was taken from us,
   * which leaves the Lease the same object: then that file is not ours any more, and we only do not know it yet.
   */
  function isOfGoneRun({ id, uid, hosts }: SeenLease): boolean {
    return !options.isLost() && haveCommonHost(hosts, mine.hosts) && (gone.has(id) || at?.uid !== uid);
  }

  async function giveBack(): Promise<void> {
    await inHand;
    if (at === undefined && last.is !== 'away') return;
    await deleteLease(await way.api(), at, (seen) => seen.id === mine.id || isOfGoneRun(seen));
  }
}

/** Whether a holder that is shown again and again has given no sign of life since it was shown first. */
function silence(staleMs: number): (seen: SeenLease) => boolean {
  let state = '';
  let since = 0;
  return ({ id, renewed }) => {
    const now = `${id} ${renewed}`;
    if (state !== now) since = performance.now();
    state = now;
    return performance.now() - since >= staleMs;
  };
}

/** undefined where it takes too long, or fails. */
async function within<T>(work: Promise<T>, milliseconds: number, stop?: AbortSignal): Promise<T | undefined> {
  const over = new AbortController();
  const signal = stop === undefined ? over.signal : signalOfMany(over.signal, stop);
  try {
    return await Promise.race([work.catch(() => undefined), pause(milliseconds, signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}

function locked(seen: SeenLease, waited: number): KinitError {
  return heldByOther(seen.owner, {
    tried: `taking the Lease kube-system/kinit${waited > 0 ? `, for ${duration(waited)}` : ''}`,
    found: `held by ${described(seen)}`,
    hint: 'It has an inventory with other control planes of this cluster. Wait for it to end, with --lock-wait 10m for example: that takes it over too when it gives no sign of life for 90 s. --force-unlock takes it at once.',
  });
}

/** Its times are compared with each other alone: they are of its own clock. */
function described({ owner, acquired, renewed }: SeenLease): string {
  const seconds = Math.round((Date.parse(renewed) - Date.parse(acquired)) / 1000);
  const age = Number.isFinite(seconds) ? `, last sign of life ${duration(seconds)} after it took the lock` : '';
  return `${ownerText(owner)}${age}`;
}
