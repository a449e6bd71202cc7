/**
 * What may become of an option once there is a cluster. The mark of each option stands in the schema (`.meta(free)`), so
 * that docs/inventory.md and the JSON schema say it; src/engine/guard holds inventories to it.
 */
export type Mark =
  | {
      readonly 'x-change': 'free';
      /** Keys of a map that cannot change, and why. */
      readonly 'x-change-fixed-keys'?: Readonly<Record<string, string>>;
    }
  | { readonly 'x-change': 'fixed'; readonly 'x-change-why': string }
  | { readonly 'x-change': 'moved'; readonly 'x-change-why': string; readonly 'x-change-way': string };

export type FixedOrMoved = Exclude<Mark, { 'x-change': 'free' }>;

/** `kinit init` brings it about on a running cluster. */
export const free = { 'x-change': 'free' } as const;

/** Like `free`, for a map of which some keys stay as they are. @param keys why, by key */
export function freeBut<Keys extends Readonly<Record<string, string>>>(
  keys: Keys,
): { readonly 'x-change': 'free'; readonly 'x-change-fixed-keys': Keys } {
  return { 'x-change': 'free', 'x-change-fixed-keys': keys };
}

/** Stays as it was when the cluster was made. @param why the end of "cannot be changed: " */
export function fixed(why: string): FixedOrMoved {
  return { 'x-change': 'fixed', 'x-change-why': why };
}

/**
 * Not by `kinit init` alone.
 * @param why the end of "cannot be changed by kinit init: "
 * @param way what a person does instead: sentences
 */
export function moved(why: string, way: string): FixedOrMoved {
  return { 'x-change': 'moved', 'x-change-why': why, 'x-change-way': way };
}

/** For what this version cannot move yet. */
export const NO_WAY = 'This version of kinit has no way to change it: for another one make a new cluster.';

/** For what a cluster has from its beginning, and the objects in it do not depend on. */
export const BY_BACKUP =
  'The way is backup, reset, restore: kinit datastore backup --file FILE --keys KEYS, kinit reset; then with the other value kinit datastore restore FILE --keys KEYS, kinit init, kinit datastore restore FILE --stop, kinit init (embedded.md).';
