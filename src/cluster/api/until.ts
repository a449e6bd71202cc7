import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../model/defined.js';
import { asKinitError, KinitError } from '../../model/error.js';
import { isOutage } from './errors.js';

/** Seconds between two questions whether waiting is of any use. */
const HOPE_SECONDS = 5;
export const CORRECT_IT =
  'Correct what the first line names (flags and settings come from the inventory: kubelet.config, extraArgs), then run the same command again.';

export interface WaitOptions {
  /** Upper bound in seconds. */
  readonly timeoutSeconds?: number;
  readonly progress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** What one look gave: done, or what is still missing (in words, shown as progress). */
export type Look<T> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false;
      readonly missing: string;
      /** Hosts that this hangs on. */ readonly ill?: readonly string[];
    };

export interface Wait<T> extends WaitOptions {
  /** What is waited for, for a sentence: 'the API server to answer'. */
  readonly what: string;
  readonly timeoutSeconds: number;
  /** Pause between looks. Default 250. */
  readonly intervalMs?: number;
  readonly look: () => Promise<Look<T>>;
  /** Asked every few seconds while it is not done: the reason, where waiting longer does not help. */
  readonly hopeless?: (() => Promise<string | undefined>) | undefined;
  /** Asked once when time has run out: more lines about what is missing. */
  readonly explain?: () => Promise<string>;
  readonly tried?: string;
  readonly hint?: string;
}

/**
 * Looks again and again until `look` is done. Tells progress when what is missing changes.
 * Ends with a KinitError of class 'timeout' that says what is missing, or 'interrupted' when aborted.
 */
export async function waitUntil<T>(wait: Wait<T>): Promise<T> {
  const end = performance.now() + wait.timeoutSeconds * 1000;
  let told = '';
  let askAgain = performance.now() + HOPE_SECONDS * 1000;
  for (;;) {
    throwIfStopped(wait.signal, wait.what);
    const seen = await wait.look();
    if (seen.done) return seen.value;
    if (seen.missing !== told) wait.progress?.(`waiting for ${wait.what}: ${seen.missing}`);
    told = seen.missing;
    if (wait.hopeless !== undefined && performance.now() >= askAgain) {
      const reason = await wait.hopeless();
      if (reason !== undefined)
        throw gaveUp(
          { ...wait, hint: CORRECT_IT },
          `stopped waiting for ${wait.what}: it would not help`,
          `${reason}\n${seen.missing}`,
        );
      askAgain = performance.now() + HOPE_SECONDS * 1000;
    }
    if (performance.now() >= end) throw await ranOut(wait, seen.missing, seen.ill);
    await pause(Math.min(wait.intervalMs ?? 250, Math.max(end - performance.now(), 1)), wait.signal);
  }
}

/** A short outage of the API during a longer wait is one more thing to wait for. */
export async function patiently<T>(look: () => Promise<Look<T>>): Promise<Look<T>> {
  try {
    return await look();
  } catch (thrown) {
    if (!isOutage(thrown)) throw thrown;
    return { done: false, missing: asKinitError(thrown).message };
  }
}

export function throwIfStopped(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) {
    throw new KinitError(`stopped while waiting for ${what}`, {
      class: 'interrupted',
      hint: 'Run the same command again to go on.',
    });
  }
}

/** Sleeps; an abort ends the sleep at once and is noticed by the next look. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, defined({ signal }));
  } catch (thrown) {
    if (signal?.aborted !== true) throw thrown;
  }
}

async function ranOut<T>(wait: Wait<T>, missing: string, ill: readonly string[] | undefined): Promise<KinitError> {
  const more = await explanation(wait);
  return gaveUp(
    wait,
    `gave up after ${wait.timeoutSeconds} s waiting for ${wait.what}`,
    more === '' ? missing : `${missing}\n${more}`,
    ill,
  );
}

function gaveUp<T>(wait: Wait<T>, message: string, found: string, ill?: readonly string[]): KinitError {
  return new KinitError(message, {
    class: 'timeout',
    found,
    ...defined({ tried: wait.tried, ill }),
    hint: wait.hint ?? 'Run the same command again once the cause is gone: it goes on where it stopped.',
  });
}

/** The explanation must not hide the failure it explains. */
async function explanation<T>(wait: Wait<T>): Promise<string> {
  try {
    return (await wait.explain?.()) ?? '';
  } catch (thrown) {
    return `(could not ask for more: ${thrown instanceof Error ? thrown.message : String(thrown)})`;
  }
}
