import type { ArtifactSet, ImageRefs } from './artifact.js';
import type { HostFacts } from './facts.js';
import type { Decisions, RecordedMove, RecordedNode } from './record.js';
import type { Resource, Tools } from './resource.js';
import type { HostSpec, Spec } from './spec.js';

/** One host as phases see it: what it shall be and what it is. */
export interface Node {
  readonly spec: HostSpec;
  readonly facts: HostFacts;
  readonly isControlPlane: boolean;
  /** The address the cluster uses for it. */
  readonly address: string;
}

/** PEM and kubeconfig texts by absolute path on one host. Secret. */
export type HostMaterial = Readonly<Record<string, MaterialFile>>;

export interface MaterialFile {
  readonly content: string;
  readonly mode: number;
  /** Why it is made anew though there is one, in words for a plan. */
  readonly because?: string;
  /** It stands in a plan for what a run that may read keys makes; never written. */
  readonly provisional?: true;
  /** It has no use any more, and is deleted; it has no content. */
  readonly gone?: true;
}

/** Everything a phase may look at. No I/O hangs on it: the same context gives the same resources. */
export interface PhaseContext {
  readonly spec: Spec;
  readonly node: Node;
  readonly nodes: readonly Node[];
  /** The first control-plane host: where the API is spoken to and one-per-cluster things happen. */
  readonly leader: Node;
  /** host:port of the API for nodes and kubeconfigs. */
  readonly endpoint: string;
  readonly artifacts: ArtifactSet;
  readonly images: ImageRefs;
  /** Certificates, keys and kubeconfigs per host name, made or reused before the phases run. */
  readonly material: Readonly<Record<string, HostMaterial>>;
  /** PEM texts of the CAs the inventory names for registry mirrors, by registry. */
  readonly registryCas: Readonly<Record<string, string>>;
  /** Public keys of repositories that the inventory has files of, by the repository's name: one armored block each. */
  readonly repositoryKeys: Readonly<Record<string, string>>;
  /** What the inventory says of registries that want a login or have a CA of their own, by host. */
  readonly registryAccess: Readonly<Record<string, RegistryAccess>>;
  /** What the inventory names for a datastore outside of the cluster. */
  readonly datastoreAccess: DatastoreAccess;
  /** kube-proxy mode after 'auto' is decided. */
  readonly proxyMode: 'nftables' | 'iptables' | 'ipvs';
  /** What the inventory leaves to kinit, by name: as the cluster's record has it, else decided from facts. */
  readonly decisions: Decisions;
  /** Address of every host of the inventory, by name, as far as it is known: also of those that do not answer now. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The nodes of the cluster once this run is through, also those that do not answer now. */
  readonly members: Readonly<Record<string, RecordedNode>>;
  /** What is on its way from one state to another while this run is at work. */
  readonly moves: readonly RecordedMove[];
  /** Kubernetes version of the oldest API server, while kinit upgrade brings the control plane to a later one. */
  readonly upgradesFrom?: string;
  /** Version of kinit. */
  readonly kinit: string;
}

export interface RegistryAccess {
  /** PEM text. */
  readonly ca?: string;
  readonly username?: string;
  /** Absent where there is a username: it was not read, by a command that only looks and was not given it. */
  readonly password?: string;
}

/**
 * How a phase moves over its hosts: together where none is said. The leader goes first, then control planes, then workers; in
 * waves of these sizes, the last size for all waves behind it. A host that fails in its turn ends the movement.
 */
export interface Order {
  readonly hosts: 'one-by-one' | readonly [number, ...number[]];
  /** Phases that a host must be through with before the next one's turn, as far as they concern it; absent: the phase itself. */
  readonly until?: readonly string[];
  /**
   * Of the hosts that it concerns; others wait for nobody, and nobody for them. 'changed-nodes': nodes of a running cluster on which it changes
   * something: it starts anew what all of their pods need. Absent: all of them.
   */
  readonly of?: 'changed-nodes' | ((context: PhaseContext) => boolean);
}

/** How what all pods of a node need is started anew: a setting that is no good stops at the first of them. */
export const ROLL_OUT: Order = { hosts: [1, 4, 10], of: 'changed-nodes' };

/** Texts; secret, but for the certificates. */
export interface DatastoreAccess {
  /** Absent where the inventory names a place: it was not read, by a command that only looks and was not given it. */
  readonly password?: string;
  /** PEM. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** One step of bringing a host up: a value, not a class. */
export interface Phase {
  /** Stable name for --skip, --only and the docs. */
  readonly id: string;
  readonly title: string;
  /** Whether it concerns this host. */
  readonly appliesTo: (context: PhaseContext) => boolean;
  /** Phases that must be finished on EVERY host they concern before this one starts anywhere. Order on one host is the list's order. */
  readonly after?: readonly string[];
  readonly order?: Order;
  /** Runs also on hosts that were not asked for (`join node4`, `plan node4`): what it writes there follows from those that were. */
  readonly alsoOnOthers?: boolean;
  /** What it sees depends on what other hosts have done before its turn: the look at the beginning of the run does not count. */
  readonly looksInTurn?: true;
  /** It writes what programs of Kubernetes are started with: on a node that runs they are asked first whether they take it. */
  readonly takesSettings?: true | ((context: PhaseContext) => boolean);
  /** Once its resources are applied, the API server runs or comes up: from its `ready` on the API may be used. */
  readonly opensApi?: boolean;
  readonly resources: (context: PhaseContext) => readonly Resource[];
  /** Waits, with a bound of its own, until what was applied really works. Runs also when nothing changed (`changes` is 0). */
  readonly ready?: (context: PhaseContext, tools: Tools, changes: number, proofs: Proofs) => Promise<void>;
}

/**
 * What the host's resources of kind 'proof' printed, by their ids: the first look of `ready`, for nothing. Empty as soon as
 * something has been changed on this host since.
 */
export type Proofs = ReadonlyMap<string, string>;
