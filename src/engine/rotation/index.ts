import type { RotationWish } from '../../pki/index.js';
import type { SessionOptions } from '../session/session.js';
import { lookAtTrust } from './look.js';
import { permitStage, rotationSteps } from './steps.js';

export interface RotationOptions extends SessionOptions {
  /** Names of CAs; none: all. */
  readonly names: readonly string[];
  /** Also those that were made today. */
  readonly again: boolean;
  /** Pods that may trust only the old CA hold nothing up. */
  readonly leavePods: boolean;
}

/** The stages that are left, by what hosts have now. Nothing is changed. */
export async function plannedRotation(options: RotationOptions): Promise<readonly RotationWish[]> {
  return rotationSteps(await lookAtTrust(options), options.names, { again: options.again, now: new Date() });
}

/**
 * Replaces CAs, stage by stage. Cut anywhere: called again, it goes on, for hosts tell how far they are.
 * @param steps as planned; @param carryOut brings all hosts to a stage
 */
export async function rotate(
  steps: readonly RotationWish[],
  options: RotationOptions,
  carryOut: (step: RotationWish) => Promise<void>,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    // What a cut run left of this stage is done again first: only what lies behind it is asked for.
    if (index > 0) permitStage(step.stage, await lookAtTrust(options), options);
    await carryOut(step);
  }
}
