/** A part that this machine has no means for. It is named with the reason, and the others go on. */
export class CannotRun extends Error {
  name = 'CannotRun';
}
