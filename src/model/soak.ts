import type { RecordedMove } from './record.js';
import { minorOf } from './text/version.js';

/** `what` of a move of the record: the whole cluster goes from one version of Kubernetes to another. */
export const UPGRADE_MOVE = 'upgrade';

/**
 * How far a cluster is that soaks: its control plane runs a later minor version of Kubernetes, which behaves as the one before, until a person
 * ends that. On its way there, there, on its way back. The step of an upgrade's move; one without a step goes up for good.
 */
export const SOAK_STEPS = { coming: 'to-soak', there: 'soak', leaving: 'from-soak' } as const;
export type SoakStep = (typeof SOAK_STEPS)[keyof typeof SOAK_STEPS];

export interface Soak {
  /** The version as which the control plane behaves, and that all else has. */
  readonly from: string;
  /** The version of the control plane's programs. */
  readonly to: string;
  readonly step: SoakStep;
  /** Since when it soaks (ISO 8601); only there. */
  readonly since?: string;
}

/** What a record says of it, however far it is; undefined: the cluster does not soak. */
export function soakMoveOf(moves: readonly RecordedMove[]): Soak | undefined {
  const move = moves.find(({ what }) => what === UPGRADE_MOVE);
  const step = Object.values(SOAK_STEPS).find((each) => each === move?.step);
  if (move === undefined || step === undefined) return undefined;
  const { from, to, since } = move;
  return { from, to, step, ...(since === undefined ? {} : { since }) };
}

/** Where the control plane is, or comes, ahead of all else. On the way back it has the version of all else again. */
export function soakOf(moves: readonly RecordedMove[]): Soak | undefined {
  const soak = soakMoveOf(moves);
  return soak?.step === SOAK_STEPS.leaving ? undefined : soak;
}

/** What a cluster that soaks is, as half a sentence. */
export function soakText({ from, to, since }: Soak): string {
  return `Kubernetes ${to} behaves as ${minorOf(from)}${since === undefined ? '' : ` since ${since}`}`;
}
