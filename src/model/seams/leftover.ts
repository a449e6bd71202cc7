import type { HostFacts } from '../facts.js';
import type { HostPast, PastFile, PastLook } from '../past.js';
import type { Spec } from '../spec.js';

/** One row of the table of what a cluster needs to be absent, or its own. The table is src/leftovers/table.ts. */
export interface LeftoverRow {
  /** Stable, in kebab case: its check is `leftover-NAME`. */
  readonly name: string;
  readonly title: string;
  /** What it does to a cluster, for people: a sentence. */
  readonly harm: string;
  /** What the probe for facts looks for. */
  readonly looks: (spec: Spec) => PastLook;
  /** What of it is not ours. */
  readonly find: (host: LeftoverHost) => readonly Leftover[];
}

/** Something on a host that is not this cluster's. */
export interface Leftover {
  /** For people: a path, a file and line, 'link NAME'. */
  readonly what: string;
  /** Whose it seems to be, for people. */
  readonly owner?: string;
  /** When it was last written, in seconds since 1970. */
  readonly written?: number;
  /** error: it breaks the cluster. warning: worth a word. */
  readonly severity: 'error' | 'warning';
  /** On a node that runs in this cluster. Default: warning, for it runs with it. */
  readonly running?: 'error';
  /** How it is put aside. Absent: only a person can see to it. */
  readonly aside?: Aside;
  /** What a person can do, where it is not put aside; a sentence. */
  readonly advice: string;
}

/** What putting aside takes: moving a path, or deleting a network link, which is noted and made anew. A folder's contents are moved, and the folder stays, where it may be a mount point or a link. */
export type Aside =
  | {
      readonly do: 'move';
      readonly path: string;
      /** This cluster makes one there itself: at reset that goes, and the old one comes back. */
      readonly remade?: true;
    }
  | { readonly do: 'unlink'; readonly link: string };

/** A host as the rows see it. */
export interface LeftoverHost {
  readonly spec: Spec;
  readonly facts: HostFacts;
  readonly past: HostPast;
  readonly isControlPlane: boolean;
  /** It has joined this cluster, or runs its control plane. */
  readonly mine: boolean;
  /** Whether a file was there before kinit came; of the links, of the packet rules too. */
  readonly older: (file: PastFile) => boolean;
  readonly linkIsOlder: (name: string) => boolean;
  /** Whether there is a certificate of this cluster's authority, or one that it signed, in a text. */
  readonly ours: (pem: string | undefined) => boolean;
}
