import type { LeftoverRow } from '../model/seams/leftover.js';
import type { Spec } from '../model/spec.js';

/** In the folder of the data, while a restore has begun to take the old ones away and the new ones are not in place. */
export const REPLACING = 'kinit-replacing';

/**
 * A restore that was cut while it moved the data of this very cluster: neither the old nor the new ones are in place, and who starts
 * on that begins an empty cluster.
 * @param harm a sentence @param folderOf of the data, where the mark lies
 */
export function cutRestore(name: string, title: string, harm: string, folderOf: (spec: Spec) => string): LeftoverRow {
  const mark = (spec: Spec): string => `${folderOf(spec)}/${REPLACING}`;
  return {
    name,
    title,
    harm,
    looks: (spec) => ({ files: [mark(spec)] }),
    find: ({ past, spec }) =>
      past.files
        .filter(({ path }) => path === mark(spec))
        .map(({ path, written }) => ({
          what: path,
          written,
          severity: 'error' as const,
          running: 'error' as const,
          advice: 'kinit datastore restore FILE goes on; what was there is in replaced-* beside.',
        })),
  };
}
