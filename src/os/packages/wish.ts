/** A package that is wanted: in whatever version there is, or in one. */
export interface PackageWish {
  readonly name: string;
  readonly version?: string;
}

/** As a version: whatever there is, and held at that. */
export const ANY = '*';

/** What stands in an inventory and in the arguments of a package manager's scripts: NAME or NAME=VERSION. */
export function parseWish(text: string): PackageWish {
  const [name = '', version] = text.split('=', 2);
  return version === undefined ? { name } : { name, version };
}

/** Each package once, by name; where one wish names a version, that one. */
export function mergeWishes(wishes: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const wish of wishes) {
    const { name, version } = parseWish(wish);
    const before = byName.get(name);
    const exact = before !== undefined && ![undefined, ANY].includes(parseWish(before).version);
    if (before === undefined || (version !== undefined && !exact)) byName.set(name, wish);
  }
  return [...byName.values()].sort();
}
