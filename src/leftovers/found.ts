import type { Aside, Leftover, LeftoverRow } from '../model/seams/leftover.js';

/** A leftover of a host, and the row it belongs to. */
export interface FoundLeftover extends Leftover {
  readonly row: LeftoverRow;
  /** It is moved out of the way in this run. */
  readonly setAside: Aside | undefined;
}
