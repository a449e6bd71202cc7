/** A mode as people and chmod write it: 0o600 -> '600'. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
