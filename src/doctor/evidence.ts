import type { KubeObject } from '../model/api.js';
import type { HostFacts } from '../model/facts.js';

/**
 * Facts without the texts of keys and certificates, and of files that others left: evidence holds no secret from the start.
 */
export type OpenFacts = Omit<HostFacts, 'kubernetes' | 'past'> & {
  readonly kubernetes: Omit<HostFacts['kubernetes'], 'pki' | 'manifests'> & {
    /** Absent: not looked for (an older recording). */
    readonly manifests?: HostFacts['kubernetes']['manifests'];
  };
};

/** A TCP connection tried from a host. */
export interface Probe {
  readonly purpose: 'api' | 'kubelet' | 'overlay' | 'dns-service' | 'api-service';
  /** Inventory name of the host it went to, or the Service's name. */
  readonly to: string;
  readonly address: string;
  readonly port: number;
  /** open: something listens. refused: the way is free, nobody listens. silent: no answer in time, as behind a firewall. */
  readonly outcome: 'open' | 'refused' | 'silent' | 'unreachable' | 'unknown';
  /** Of cluster DNS: the addresses it gave for the API's Service. */
  readonly answer?: string;
}

/** Something on a host that is not this cluster's. */
export interface LeftoverEvidence {
  /** A path, a file and line, a link. */
  readonly what: string;
  /** Whose it seems to be, and how old it is; may be empty. */
  readonly of: string;
  readonly severity: 'error' | 'warning' | 'note';
  /** What it does to a cluster, and what a person can do: a sentence each. */
  readonly harm: string;
  readonly advice: string;
}

/** What one host shows of itself. Plain data: it can be stored and read again as JSON. */
export interface HostEvidence {
  readonly host: string;
  readonly isControlPlane: boolean;
  /** The address the cluster uses for it. */
  readonly address: string;
  readonly facts: OpenFacts;
  /** Output by section (src/doctor/sections.ts), redacted and bounded. */
  readonly text: Readonly<Record<string, string>>;
  /** Sections that could not look, and why: what is not in their output is not known to be absent. */
  readonly unseen?: Readonly<Record<string, string>>;
  readonly probes: readonly Probe[];
  /** Absent: not looked for (an older recording). */
  readonly leftovers?: readonly LeftoverEvidence[];
}

/** What the API says, reduced to what causes and checks read: no container's environment is in it. */
export interface ClusterEvidence {
  readonly version: string;
  /** Minor version (1.35) as which it behaves, where it says so and that is not its own. */
  readonly emulates?: string;
  /** Text of /readyz?verbose: a line for each check, '[+]name ok' or '[-]name failed'. */
  readonly readyz: string;
  readonly nodes: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  /** Warnings only. */
  readonly events: readonly KubeObject[];
  /** Deployments and DaemonSets of the system namespaces. */
  readonly workloads: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly leases: readonly KubeObject[];
  /** What kubelets ask to serve with. Absent: not looked for (an older recording). */
  readonly servingRequests?: readonly KubeObject[];
  /** Default roles and bindings of the API server that are not there: 'ClusterRole NAME'. Absent: not looked for (an older recording). */
  readonly lostDefaults?: readonly string[];
}

/** Everything a cause may look at. */
export interface Evidence {
  /** RFC 3339, by the operator's clock. */
  readonly takenAt: string;
  readonly hosts: readonly HostEvidence[];
  /** Hosts that could not be asked, and why. */
  readonly lost: readonly { readonly host: string; readonly reason: string }[];
  /** Port of the API server on control-plane hosts. */
  readonly apiPort: number;
  /** Names of all hosts of the inventory. */
  readonly inventory: readonly string[];
  readonly cluster?: ClusterEvidence;
  /** Why `cluster` is absent. */
  readonly apiTrouble?: string;
  /** What opens the way to the API, where that is shut and nothing is known of the API server. */
  readonly apiWay?: string;
}
