import type { HostFacts } from '../model/facts.js';

/** A tool that phases need on a host, whatever its package is called there. */
export type PackageNeed =
  | 'chrony'
  | 'conntrack'
  | 'ethtool'
  | 'ipset'
  | 'iptables'
  | 'ipvsadm'
  | 'kmod'
  | 'nftables'
  | 'socat';

/** What differs between families of Linux distributions. */
export interface OsFamily {
  readonly id: 'debian';
  /** Names of the packages that bring what is needed. */
  readonly packagesFor: (need: PackageNeed) => readonly string[];
  /** Releases kinit is tested with, as os-release names them. */
  readonly releases: readonly { readonly id: string; readonly versionId: string; readonly name: string }[];
}

/** Whether kinit knows this release of this family. */
export function isSupportedRelease(family: OsFamily, os: HostFacts['os']): boolean {
  return family.releases.some((release) => release.id === os.id && release.versionId === os.versionId);
}
