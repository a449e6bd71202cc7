import type { Arch } from './artifact.js';
import type { HostPast } from './past.js';

/**
 * Whether a host is a node of some cluster, kinit's or another: its kubelet has a kubeconfig. It may be stopped, and its
 * cluster may be gone. src/facts decides it; everybody else asks `isMember`.
 */
export type Membership = 'none' | 'member';

/** What a control plane that is one process is started with. No secret is in it. */
export const SERVER_FILE = '/etc/kubernetes/server.yaml';

/** A variable that names a proxy, or what goes without one, as somebody set it on a host. */
export interface ProxySetting {
  /** Who takes it: 'services' (of systemd), 'logins', or a unit. */
  readonly whom: string;
  /** The file it stands in, or the command that shows it. */
  readonly place: string;
  /** As it stands there: HTTPS_PROXY, no_proxy. */
  readonly name: string;
  /** Without user and password. */
  readonly value: string;
}

/** What is known of one host after one round trip. Plain data; nothing here is secret except `pki`. */
export interface HostFacts {
  readonly host: string;
  /** What could not be looked at, and why: those facts are guesses. Only where incomplete facts were asked for. */
  readonly unseen?: readonly string[];
  readonly os: {
    readonly id: string;
    readonly versionId: string;
    readonly codename: string;
    readonly prettyName: string;
    /** ID_LIKE of os-release(5): what the distribution is made from. */
    readonly like?: readonly string[];
  };
  readonly arch: Arch | 'unsupported';
  /** uname -r */
  readonly kernel: string;
  readonly cpus: number;
  /** Memory in MB (10^6 bytes / 1.048576: MiB as free -m shows). */
  readonly memoryMB: number;
  readonly hostname: string;
  readonly productUuid: string;
  readonly machineId: string;
  /** Root has no CAP_SYS_RESOURCE, as on hosts that are containers: nothing can be made harder to kill than it is. */
  readonly lacksSysResource?: true;
  readonly bootId: string;
  /** Kernel that kinit was about to boot here, and the boot in which it was: still the present one, or it has been tried. */
  readonly kernelMove?: { readonly release: string; readonly bootId: string };
  readonly initSystem: string;
  readonly addresses: readonly { readonly interface: string; readonly address: string; readonly prefix: number }[];
  readonly defaultRoute?: { readonly interface: string; readonly source?: string };
  /** Of the main table, IPv4, without the default route and what leads nowhere. */
  readonly routes?: readonly { readonly network: string; readonly interface: string; readonly gateway?: string }[];
  /** Whom names are asked of, those behind a resolver on the host itself too. */
  readonly nameservers?: readonly string[];
  /** How the SSH session in hand came to the host: from which address, and to which of its own. */
  readonly session?: { readonly client: string; readonly server: string };
  /** Host clock minus operator clock in milliseconds, corrected by half the round trip. */
  readonly clockOffsetMs: number;
  readonly cgroupVersion: 1 | 2;
  readonly swap: readonly { readonly device: string; readonly sizeKB: number }[];
  readonly selinux: 'enforcing' | 'permissive' | 'disabled' | 'absent';
  /** The kernel confines programs by AppArmor. */
  readonly appArmor?: true;
  /** Of the whole system, where it has one (crypto-policies(7)): 'DEFAULT', 'DEFAULT:SHA1', 'FIPS'. */
  readonly cryptoPolicy?: string;
  /** Firewall services that are active now. */
  readonly firewalls: readonly ('ufw' | 'firewalld' | 'nftables')[];
  /** Time services that are active now, for example chrony, systemd-timesyncd, ntpd. */
  readonly timeServices: readonly string[];
  /** Names (with _) of kernel modules loaded, built in, or loadable. */
  readonly modules: {
    readonly loaded: readonly string[];
    readonly builtin: readonly string[];
    readonly loadable: readonly string[];
  };
  /** Kernel abilities tried out for real: 'vxlan', 'nftables', 'iptables', 'overlay', 'br_netfilter', 'ip_vs', 'ipset'. */
  readonly kernelFeatures: readonly string[];
  readonly listening: readonly {
    readonly protocol: 'tcp' | 'udp';
    readonly address: string;
    readonly port: number;
    readonly process?: string;
    readonly pid?: number;
    /** Connections that nobody has taken up yet. Absent: none, or it was not to be seen. */
    readonly waiting?: number;
  }[];
  /** Proxies that services and logins take; what kinit itself wrote is not among them. */
  readonly proxies?: readonly ProxySetting[];
  readonly disks: readonly { readonly path: string; readonly availableMB: number; readonly totalMB: number }[];
  /** Who holds the package manager's lock: '<command> (pid <n>)'. */
  readonly packageLockHolder?: string;
  /** Versions of packages that were asked for, by name: the one that is there, else the one that would come. */
  readonly packageCandidates?: Readonly<Record<string, string>>;
  /** What it carries from before. Absent: it was not asked. */
  readonly past?: HostPast;
  readonly kubernetes: {
    readonly membership: Membership;
    readonly kubeletActive: boolean;
    /** The address it has as a node, as its kubelet is told (--node-ip). */
    readonly nodeAddress?: string;
    /** Text of files that later work builds on (certificates, keys, kubeconfigs), by absolute path. Secret. */
    readonly pki: Readonly<Record<string, string>>;
    /** The host has a kinit undo journal. */
    readonly journal: boolean;
    /** Files of the cluster that is on the host were written by kinit, as its journal says. */
    readonly made: boolean;
    /** Texts of what says how a control plane runs there, by absolute path: what the kubelet runs without an API, and SERVER_FILE. */
    readonly manifests: Readonly<Record<string, string>>;
    /** Text of the copy of the cluster's record. */
    readonly record?: string;
  };
}

export function isMember({
  kubernetes,
}: {
  readonly kubernetes: Pick<HostFacts['kubernetes'], 'membership'>;
}): boolean {
  return kubernetes.membership === 'member';
}
