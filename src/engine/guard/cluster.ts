import type { Decisions, RecordedMove, RecordedNode } from '../../model/record.js';

/** What is known of the cluster that the hosts are of, before anything is decided or touched. */
export interface KnownCluster {
  /** A control-plane host is a node, or a control plane lies on it. */
  readonly exists: boolean;
  /** kinit made it, or has taken it over. */
  readonly own: boolean;
  /** An API server accepts connections. */
  readonly open: boolean;
  /** uid of its namespace kube-system. */
  readonly clusterId?: string;
  /** Version of kinit that worked on it last. */
  readonly kinit?: string;
  /** The newest version of its API servers. */
  readonly running?: string;
  /** The version that kinit brought it to last, where there is a record. */
  readonly recorded?: string;
  /** The oldest: another one than the newest while they are brought to a later version. */
  readonly oldest?: string;
  /** host:port that nodes were given. */
  readonly endpoint?: string;
  /** What guarded options were, by path; what is missing is not known. */
  readonly options: Readonly<Record<string, string | null>>;
  readonly decisions: Decisions;
  readonly nodes: Readonly<Record<string, RecordedNode>>;
  /** What an earlier run left on its way. */
  readonly moves: readonly RecordedMove[];
}

export const NO_CLUSTER: KnownCluster = {
  exists: false,
  own: true,
  open: false,
  options: {},
  decisions: {},
  nodes: {},
  moves: [],
};
