import { SHARED_KEYS, type RotationWish } from '../../pki/index.js';
import type { SessionOptions } from '../session/session.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAtTrust } from './look.js';
import { permitStage, rotationSteps, type Sort } from './steps.js';

export type { Sort } from './steps.js';

export interface RotationOptions extends SessionOptions {
  readonly sort: Sort;
  /** Of CAs or keys; none: all of the sort. */
  readonly names: readonly string[];
  /** Also those that were made today. */
  readonly again: boolean;
  /** Pods that may trust only the old CA hold nothing up. */
  readonly leavePods?: boolean;
  /** Secrets with a token of the old key hold nothing up. */
  readonly leaveTokens?: boolean;
}

/** The stages that are left, by what hosts have now. Nothing is changed. */
export async function plannedRotation(options: RotationOptions): Promise<readonly RotationWish[]> {
  const { sort, names, again } = options;
  return rotationSteps(await lookAtTrust(options), sort, names, { again, now: new Date() });
}

/**
 * Replaces CAs or keys, stage by stage. Cut anywhere: called again, it goes on, for hosts tell how far they are.
 * @param steps as planned; @param carryOut brings all hosts to a stage
 */
export async function rotate(
  steps: readonly RotationWish[],
  options: RotationOptions,
  carryOut: (step: RotationWish) => Promise<void>,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    // What a cut run left of this stage is done again first: only what lies behind it is asked for.
    if (index > 0) permitStage(step, await lookAtTrust(options), options);
    if (index > 0 && step.stage === 'finish' && step.names.includes(SHARED_KEYS.serviceAccounts))
      await sleep(READ_ANEW_MS, undefined, { signal: options.signal });
    await carryOut(step);
  }
}

/** Programs read the file of their token anew once a minute (client-go: transport NewCachedFileTokenSource). */
const READ_ANEW_MS = 75_000;
