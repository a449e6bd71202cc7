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

/**
 * Whether a version that is there, as the package manager writes it, is the one that a person named. Epoch and release may be left out,
 * for what people know is what its makers call it: 28.1.1 and 28.1.1-1.el9 are 3:28.1.1-1.el9. The twin of version-fits.sh.
 */
export function versionFits(wish: string, version: string): boolean {
  const withoutEpoch = version.replace(/^\d+:/, '');
  const withoutRelease = (text: string): string => text.replace(/-[^-]*$/, '');
  return [version, withoutEpoch, withoutRelease(version), withoutRelease(withoutEpoch)].includes(wish);
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
