/** Sizes of the first waves of workers; of all behind them, the last. */
const SIZES = [1, 4, 10] as const;

/**
 * Control planes one by one, then workers in waves: of one, so that what may go wrong goes wrong on one; then of more, but never
 * of more than a third of them: the others have to carry their pods meanwhile.
 */
export function wavesOf(
  nodes: readonly string[],
  isControlPlane: (name: string) => boolean,
): readonly (readonly string[])[] {
  const workers = nodes.filter((name) => !isControlPlane(name));
  const most = Math.max(1, Math.floor(workers.length / 3));
  const waves: (readonly string[])[] = nodes.filter(isControlPlane).map((name) => [name]);
  for (let at = 0, wave = 0; at < workers.length; wave += 1) {
    const size = Math.min(most, SIZES[Math.min(wave, SIZES.length - 1)] ?? 1);
    waves.push(workers.slice(at, at + size));
    at += size;
  }
  return waves;
}
