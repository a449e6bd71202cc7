import type { UpgradeStage } from '../command.js';
import type { LostHost } from '../session/session.js';
import type { SaveSnapshot } from './snapshot.js';

/** What a person says of an upgrade. */
export interface UpgradeWishes {
  /** Go on although the cluster is not well. */
  readonly despiteTrouble: boolean;
  /** Keeps the copy of the data on this machine; absent: none is taken. */
  readonly save?: SaveSnapshot;
  /** Absent: all of it goes to the later version. */
  readonly stage?: UpgradeStage;
}

export interface UpgradeOptions {
  readonly drainSeconds?: number;
  readonly upgrade?: UpgradeWishes;
  readonly lost: readonly LostHost[];
  /** Hosts that failed preflight, with what each failed with. */
  readonly unfit: ReadonlyMap<string, unknown>;
}
