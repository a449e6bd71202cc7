import type { Whole } from '../../../model/host.js';

/** MiB of a slice: so much is sent again, at most, of what was under way on a channel that was cut. */
export const SLICE_MIB = 8;
const SLICE_BYTES = SLICE_MIB * 1024 * 1024;

export interface Slice {
  readonly whole: Whole;
  /** From 0. */
  readonly number: number;
  /** Of the file. */
  readonly slices: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * What is still to be sent of some files, in their order. One of which everything had landed and nobody checked it is sent its
 * first slice again: whoever lands the last one checks.
 * @param said what ask.sh printed: 'SUM whole' or 'SUM SLICE...' for each
 */
export function slicesToSend(wholes: readonly Whole[], said: string): readonly Slice[] {
  const landed = new Map(
    said.split('\n').map((line) => {
      const [sum = '', ...words] = line.split(' ');
      return [sum, new Set(words)] as const;
    }),
  );
  return wholes.flatMap((whole) => {
    const there = landed.get(whole.sha256) ?? new Set();
    if (there.has('whole')) return [];
    const all = slicesOf(whole);
    const missing = all.filter(({ number }) => !there.has(String(number)));
    return missing.length > 0 ? missing : all.slice(0, 1);
  });
}

function slicesOf(whole: Whole): readonly Slice[] {
  const slices = Math.ceil(whole.size / SLICE_BYTES);
  return Array.from({ length: slices }, (_, number) => {
    const offset = number * SLICE_BYTES;
    return { whole, number, slices, offset, length: Math.min(SLICE_BYTES, whole.size - offset) };
  });
}
