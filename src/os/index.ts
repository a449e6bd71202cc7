import { KinitError } from '../model/error.js';
import type { HostFacts } from '../model/facts.js';
import { debian } from './debian.js';
import type { OsFamily } from './family.js';

export { isSupportedRelease, type OsFamily, type PackageNeed } from './family.js';

/** Every family kinit can prepare, by os.family of the facts. */
const FAMILIES: Readonly<Partial<Record<HostFacts['os']['family'], OsFamily>>> = { debian };

/** Names of all supported releases, for messages. */
export const supportedReleases: readonly string[] = Object.values(FAMILIES).flatMap((family) =>
  family.releases.map((release) => release.name),
);

/** The family of a host; undefined when this version does not support it. */
export function findOs(facts: HostFacts): OsFamily | undefined {
  return FAMILIES[facts.os.family];
}

/** The family of a host. Throws a KinitError of class 'preflight' when this version does not support it. */
export function osOf(facts: HostFacts): OsFamily {
  const family = findOs(facts);
  if (family !== undefined) return family;
  throw new KinitError(`${facts.os.prettyName || 'This operating system'} is not supported yet`, {
    class: 'preflight',
    host: facts.host,
    found: `${facts.os.id || 'unknown'} ${facts.os.versionId}`.trim(),
    hint: `Supported are ${supportedReleases.join(', ')}.`,
  });
}
