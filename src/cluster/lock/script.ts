import { sh, shellScript } from '../../shell/script.js';

/** Whose lock it is, and where it lies on the host. */
export interface LockPlace {
  readonly id: string;
  readonly folder: string;
}

const take = shellScript('./take.sh', import.meta.url);
const look = shellScript('./look.sh', import.meta.url);
const beat = shellScript('./beat.sh', import.meta.url);

/** Takes the lock when it is free, left behind (no sign of life for `stale` seconds), or held by `steal` ('any': whoever it is). */
export function takeScript({
  id,
  folder,
  stale,
  steal,
}: LockPlace & { readonly stale: number; readonly steal: string }): string {
  return sh(take, { env: { FOLDER: folder, ID: id, STALE: String(Math.floor(stale)), STEAL: steal } });
}

/** Says who has the lock; takes nothing. */
export function lookScript({ folder, stale }: { readonly folder: string; readonly stale: number }): string {
  return sh(look, { env: { FOLDER: folder, STALE: String(Math.floor(stale)) } });
}

/** Reads lines: each is a sign of life, 'release' ends. Ends with 3 when the lock is another's by now. On a cut connection the lock is left to run out. */
export function beatScript({ id, folder }: LockPlace): string {
  return sh(beat, { env: { FOLDER: folder, ID: id } });
}

/** One sign of life. */
export function beatOnceScript(place: LockPlace): string {
  return `printf 'beat\\n' | ${beatScript(place)}`;
}

/** Gives the lock back when it is still ours. */
export function forgetScript(place: LockPlace): string {
  return `printf 'release\\n' | ${beatScript(place)}`;
}
