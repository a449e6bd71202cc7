import type { HostFacts } from '../model/facts.js';
import type { Resource } from '../model/resource.js';
import type { Spec } from '../model/spec.js';
import type { FamilyKernels } from './kernel/kernel-upgrade.js';
import type { PackageManager } from './packages/package-manager.js';
import type { RepositoryFormat } from './repositories/repository.js';

/** A tool that phases need on a host, whatever its package is called there. */
export type PackageNeed =
  | 'conntrack'
  | 'ethtool'
  | 'ipset'
  | 'iptables'
  | 'ipvsadm'
  | 'kmod'
  | 'nftables'
  | 'socat'
  | 'time';

export interface Release {
  readonly id: string;
  readonly versionId: string;
  /** For people. */
  readonly name: string;
  /** Its nft is older than 1.0.1, the first that kube-proxy uses (sigs.k8s.io/knftables). Its own kernels are too old for that mode as well. */
  readonly oldNft?: true;
  /** Its systemd has control groups of version 1 only, whatever the kernel. */
  readonly onlyCgroupV1?: true;
}

/** What differs between families of Linux distributions. A kind is one folder here, and one entry in index.ts. */
export interface OsFamily {
  readonly id: string;
  /** Words that give it away: they stand in no other room (test/seams.test.ts). */
  readonly words: readonly string[];
  /** Distributions, as ID or ID_LIKE of os-release(5) names them. */
  readonly distributions: readonly string[];
  /** Releases kinit is tested with. */
  readonly releases: readonly Release[];
  readonly packages: PackageManager;
  /** How its package manager is told of repositories. */
  readonly repositories: RepositoryFormat;
  /** Ways to other kernels, and what boots them. */
  readonly kernels: FamilyKernels;
  /** Names of the packages that bring what is needed. */
  readonly packagesFor: (need: PackageNeed) => readonly string[];
  /** Packages that a host needs besides, for what it is itself. Absent: none. */
  readonly packagesOf?: (facts: HostFacts, spec: Pick<Spec, 'selinux'>) => readonly string[];
  /** Has kernel modules loaded at boot. */
  readonly modulesAtBoot: (names: readonly string[], os: HostFacts['os']) => readonly Resource[];
  /** Lines of chrony.conf(5) that name servers, put where the distribution's chrony reads them besides its own. */
  readonly timeSources: (lines: string) => Resource;
  /** What keeps the distribution's own tools from restarting these systemd services by themselves. */
  readonly keepRunning: (units: readonly string[]) => readonly Resource[];
  readonly services: {
    /** The unit of chrony. */
    readonly time: string;
  };
  readonly paths: {
    /** What nftables.service loads. */
    readonly nftablesRuleset: string;
    /** The shell of users that do not log in. */
    readonly nologin: string;
    /** The host's trusted CAs: the first holds links into the others, or is one. Control-plane pods mount all. */
    readonly caFolders: readonly [string, ...string[]];
  };
}

/** Whether kinit knows this release of this family. */
export function isSupportedRelease(family: OsFamily, os: HostFacts['os']): boolean {
  return releaseOf(family, os) !== undefined;
}

/** '9' is all of 9.0, 9.1, ... */
export function releaseOf({ releases }: OsFamily, os: HostFacts['os']): Release | undefined {
  return releases.find(({ id, versionId }) => id === os.id && `${os.versionId}.`.startsWith(`${versionId}.`));
}
