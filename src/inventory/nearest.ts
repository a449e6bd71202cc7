/**
 * The candidate a person most likely meant, or undefined when none is close.
 * Close: at most a third of the word is wrong (at least one letter, at most four), letter case apart.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.min(4, Math.max(1, Math.floor(word.length / 3)));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(fold(word), fold(candidate));
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapCost = swapped ? at(beforeLast, column - 2) + 1 : Infinity;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapCost));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

/** Case and separators are what people mix up most: pod-cidr, podCidr, podCIDR. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
