import { dirname } from 'node:path/posix';
import type { UploadFile, Whole } from '../../../model/host.js';
import { PARTS } from '../../../shell/state.js';

/** MiB of a slice: so much is sent again, at most, of what was under way on a channel that was cut. */
export const SLICE_MIB = 8;
const SLICE_BYTES = SLICE_MIB * 1024 * 1024;

/** A file on its way. */
export interface Part extends Whole {
  /** Where it lies on the host, with suffixes until it is whole and checked. */
  readonly at: string;
  /** Where it will be; for messages. */
  readonly path: string;
}

/** One that stays there. */
export function keptPart(whole: Whole): Part {
  const at = `${PARTS}/.kinit-part-${whole.sha256}`;
  return { ...whole, at, path: at };
}

/**
 * One that goes on to its place, on whose file system it lies therefore; undefined where the file is none of this machine, or its sum is not
 * known. The names are known to receive-files.sh and to what undoes files.
 */
export function partBeside({ path, content, sha256 }: UploadFile): Part | undefined {
  if (!('localFile' in content) || sha256 === undefined) return undefined;
  return { ...content, sha256, at: `${dirname(path)}/.kinit-part-${sha256}`, path };
}

export interface Slice {
  readonly part: Part;
  /** Of the part among all that are sent. */
  readonly index: number;
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
export function slicesToSend(parts: readonly Part[], said: string): readonly Slice[] {
  const landed = new Map(
    said.split('\n').map((line) => {
      const [sum = '', ...words] = line.split(' ');
      return [sum, new Set(words)] as const;
    }),
  );
  return parts.flatMap((part, index) => {
    const there = landed.get(part.sha256) ?? new Set();
    if (there.has('whole')) return [];
    const all = slicesOf(part, index);
    const missing = all.filter(({ number }) => !there.has(String(number)));
    return missing.length > 0 ? missing : all.slice(0, 1);
  });
}

function slicesOf(part: Part, index: number): readonly Slice[] {
  const slices = Math.ceil(part.size / SLICE_BYTES);
  return Array.from({ length: slices }, (_, number) => {
    const offset = number * SLICE_BYTES;
    return { part, index, number, slices, offset, length: Math.min(SLICE_BYTES, part.size - offset) };
  });
}
