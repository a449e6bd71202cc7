import type { Aside, Leftover, LeftoverRow } from '../model/seams/leftover.js';

/** A leftover of a host, and the row it belongs to. */
export interface FoundLeftover extends Leftover {
  readonly row: LeftoverRow;
  /** It breaks a cluster that is made with it, though one that runs may be running. */
  readonly harmful: boolean;
  /** It is moved out of the way in this run. */
  readonly setAside: Aside | undefined;
}

/** For people: 'network cilium, 3 years old'; may be empty. @param now the host's clock, in seconds since 1970 */
export function ownerAndAge({ owner, written }: Leftover, now: number): string {
  return [...(owner === undefined ? [] : [owner]), ...(written === undefined ? [] : [age(now - written)])].join(', ');
}

const DAY = 24 * 3600;

function age(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  if (days >= 365) return `${count(Math.floor(days / 365), 'year')} old`;
  if (days >= 1) return `${count(days, 'day')} old`;
  if (seconds >= 3600) return `${count(Math.floor(seconds / 3600), 'hour')} old`;
  return `${count(Math.max(0, Math.floor(seconds / 60)), 'minute')} old`;
}

function count(number: number, unit: string): string {
  return `${String(number)} ${unit}${number === 1 ? '' : 's'}`;
}
