import { KinitError } from '../model/error.js';
import type { HostFacts } from '../model/facts.js';
import { anyKind, type AnyKind } from '../model/resource.js';
import { debian } from './debian/index.js';
import type { KindChoice } from '../model/spec/kinds.js';
import type { Spec } from '../model/spec.js';
import { kernelWish as wishOf, type KernelWay, type KernelWish } from './kernel/wish.js';
import { releaseOf, type OsFamily } from './os-family.js';
import { packagesKind } from './packages/index.js';
import type { PackageManager } from './packages/package-manager.js';
import { redhat } from './redhat/index.js';
import { repositoryAddressesKind } from './repositories/addresses/index.js';
import { repositoryKeyKind } from './repositories/key/index.js';
import { repositoryListsKind } from './repositories/lists/index.js';

export { kernelOrigins } from './kernel/origins.js';
export type { KernelWish } from './kernel/wish.js';
export type { BootLoader } from './kernel/kernel-upgrade.js';
export { isSupportedRelease, type OsFamily, type PackageNeed } from './os-family.js';
export { packages } from './packages/index.js';
export { parseWish } from './packages/wish.js';
export { waitForLock } from './packages/wait-for-lock.js';
export type { PackageFormat } from './packages/package-manager.js';
export { publicKeys } from './repositories/openpgp.js';
export { repositoryOrigins, type RepositoryOrigin } from './repositories/origins.js';
export { repositoryResources, wantedRepositories } from './repositories/index.js';

/** Every family kinit can prepare. */
export const FAMILIES: readonly [OsFamily, ...OsFamily[]] = [debian, redhat];

/** Names of repositories that need no more than that, where hosts of some family have them. */
export const KNOWN_REPOSITORIES: readonly string[] = [
  ...new Set(FAMILIES.flatMap(({ repositories }) => Object.keys(repositories.known))),
];
/** Names in the inventory's list of repositories that only put other addresses into those a distribution has. */
export const EXCHANGED_REPOSITORIES: readonly string[] = FAMILIES.flatMap(({ repositories }) => repositories.exchanged);

/** Names of all supported releases, for messages. */
export const supportedReleases: readonly string[] = FAMILIES.flatMap((family) =>
  family.releases.map((release) => release.name),
);

/** The family of a host; undefined when this version does not support it. */
export function findOs({ os }: HostFacts): OsFamily | undefined {
  const names = [os.id, ...(os.like ?? [])];
  return FAMILIES.find(({ distributions }) => distributions.some((name) => names.includes(name)));
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

/** What a host of the inventory may be said to be. */
export const osChoice: Pick<KindChoice, 'ids' | 'describe'> = {
  ids: [...new Set([...FAMILIES.map(({ id }) => id), ...namesOfReleases()])],
  describe: `The system that the machine is meant to have; preflight refuses another one before anything is touched. ${FAMILIES.map(({ id }) => id).join(', ')}: any of that family; else a distribution, or one release of it with all its minor ones. Default: whatever kinit can prepare, one beside the other.`,
};

/** Each distribution, and after it its releases. */
function namesOfReleases(): string[] {
  const names = FAMILIES.flatMap(({ releases }) => releases.flatMap(({ id, versionId }) => [id, `${id}-${versionId}`]));
  return names.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/** Whether a host is what an inventory says it is. @param named of osChoice */
export function isOs(named: string, facts: HostFacts): boolean {
  const family = findOs(facts);
  const release = family && releaseOf(family, facts.os);
  return [family?.id, facts.os.id, release && `${release.id}-${release.versionId}`].includes(named);
}

/** Whether the nft of a host, its distribution's, is one that kube-proxy can use; of a release kinit does not know: it is. */
export function hasNft(facts: HostFacts): boolean {
  const family = findOs(facts);
  return family === undefined || releaseOf(family, facts.os)?.oldNft !== true;
}

/** Whether the system of a host can mount control groups of version 2; of a release kinit does not know: it can. */
export function canCgroupV2(facts: HostFacts): boolean {
  const family = findOs(facts);
  return family === undefined || releaseOf(family, facts.os)?.onlyCgroupV1 !== true;
}

/** Releases of which it cannot, for people. */
export const onlyCgroupV1: string = FAMILIES.flatMap(({ releases }) => releases)
  .filter((release) => release.onlyCgroupV1 === true)
  .map(({ name }) => name)
  .join(', ');

/** Every way to another kernel, by the name that an inventory has for it. */
const UPGRADES = FAMILIES.flatMap(({ kernels }) => kernels.upgrades);

/** What stands in the inventory's `kernel` section about the ways there are. */
export const kernelChoice: KindChoice = {
  ids: [...new Set(UPGRADES.map(({ id }) => id))],
  default: 'none',
  describe:
    'How a host that does not have the kernel it shall have gets it. none: preflight refuses that host, with the reason. backports: the kernel of its flavour from there. package: the one that kernel.package names, from the repositories of the host. elrepo-lt, elrepo-ml: a package by ELRepo; kernel.package and kernel.sha256 say which, and its signature is checked.',
};

/** What a way to another kernel cannot do without, as options of the `kernel` section. */
export function kernelNeeds(upgrade: string): readonly ('package' | 'sha256')[] {
  return UPGRADES.find(({ id }) => id === upgrade)?.needs ?? [];
}

/** What the inventory wants of a host's kernel, where the one that runs is not that. */
export function kernelWish(spec: Pick<Spec, 'kernel'>, facts: HostFacts): KernelWish | undefined {
  return wishOf(spec, facts, findOs(facts), FAMILIES);
}

/** How a host comes to the kernel that the inventory wants; undefined where it has it, or cannot come to it. */
export function kernelWay(spec: Pick<Spec, 'kernel'>, facts: HostFacts): KernelWay | undefined {
  const way = kernelWish(spec, facts)?.way;
  return way !== undefined && 'upgrade' in way ? way : undefined;
}

/** Kinds of resource that belong to families. */
export const osKinds: readonly AnyKind[] = [
  anyKind(packagesKind(managerNamed)),
  anyKind(repositoryAddressesKind),
  anyKind(repositoryKeyKind),
  anyKind(repositoryListsKind(managerNamed)),
];

/** The check of preflight that says who holds a package manager's lock. */
export function lockCheckOf(manager: PackageManager): string {
  return `${manager.id}-lock`;
}

function managerNamed(name: string): PackageManager {
  const family = FAMILIES.find(({ packages }) => packages.id === name);
  if (family !== undefined) return family.packages;
  throw new KinitError(`there is no package manager '${name}'`, {
    class: 'internal',
    hint: 'A family of src/os/index.ts brings it.',
  });
}
