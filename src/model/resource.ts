import type { ClusterApi } from './api.js';
import type { ChangeSummary } from './change.js';
import type { HostConnection, UploadFile } from './host.js';

/** A desired state as data. Each kind is one folder of src/resources/, or of the seam it belongs to. */
export interface Resource {
  readonly kind: string;
  /** Unique on a host: '<kind>:<what>', for example 'file:/etc/hosts'. Undo is recorded once per id. */
  readonly id: string;
}

/** Nothing to do, and why; or a change. */
export type Difference =
  | { readonly changed: false; readonly reason: string }
  | { readonly changed: true; readonly change: Omit<ChangeSummary, 'resource'> };

/** What carries a change out, in order. Adjacent scripts are sent in one round trip, adjacent uploads in one stream. */
export type Step =
  | {
      readonly do: 'script';
      readonly script: string;
      readonly stdin?: string | Uint8Array;
      readonly timeoutSeconds?: number;
    }
  | { readonly do: 'upload'; readonly files: readonly UploadFile[] }
  /** For what neither text nor files can say (streams, API calls). */
  | { readonly do: 'call'; readonly title: string; readonly run: (tools: Tools) => Promise<void> };

/** What a 'call' step, an API observation or a wait may use. */
export interface Tools {
  readonly host: HostConnection;
  /** Opens the API of the cluster on first use. */
  readonly api: () => Promise<ClusterApi>;
  readonly progress: (text: string) => void;
  /** When this run began its work on the hosts, by this machine's clock: what happened before it is no reason to give up. */
  readonly begun: Date;
  /** Aborted on Ctrl-C and when the run's time is over. */
  readonly signal: AbortSignal;
}

/** What a kind does to a host and how that is undone, as a row of docs/host-changes.md. */
export interface KindDescription {
  readonly change: string;
  readonly undone: string;
  /** How one of them is named, from its id after the colon. Absent: there is one of the kind, and the change says all. */
  readonly subject?: (id: string) => string;
}

/**
 * How one kind of resource is asked for, compared, applied and undone.
 * Seen is what was observed, as data.
 */
export interface ResourceKind<R extends Resource, Seen> {
  readonly kind: R['kind'];
  /** For people: what it does to a host, and how `kinit reset` undoes it. Absent: it changes nothing. */
  readonly describe?: KindDescription;
  /** sh text that prints what is there and changes nothing. Many are sent in one round trip. Absent for kinds seen through the API. */
  readonly observe?: (resource: R) => string;
  readonly parse?: (resource: R, output: string) => Seen;
  /** For kinds seen through the API. */
  readonly observeCall?: (resource: R, tools: Tools) => Promise<Seen>;
  readonly diff: (resource: R, seen: Seen) => Difference;
  readonly apply: (resource: R, seen: Seen) => readonly Step[];
  /**
   * Runs before the first change of this resource: sh text that saves what was there into the folder "$D" (root only),
   * and sh text that puts it back from "$D" later, run by reset in reverse order. Absent: nothing on the host to undo.
   * `id` where two resources change the same thing: it is recorded once, under that name.
   */
  readonly undo?: (
    resource: R,
    seen: Seen,
  ) => { readonly id?: string; readonly save?: string; readonly restore: string };
  /** False for changes that cannot be seen right afterwards by observing again (default true). */
  readonly verify?: boolean;
  /** sh text that prints in a few lines why a change that was made cannot be seen. */
  readonly why?: (resource: R) => string;
  /** What to do when a change was made and cannot be seen afterwards. Absent: the general words. */
  readonly unseen?: (resource: R) => string;
}

/** A kind whose own types are forgotten. */
export type AnyKind = ResourceKind<Resource, unknown>;

/**
 * The one way to forget a kind's own types. It is sound because the engine hands a resource only to the kind whose name it
 * carries, and a Seen only comes from that kind's own parse.
 */
export function anyKind<R extends Resource, Seen>(kind: ResourceKind<R, Seen>): AnyKind {
  return kind as unknown as AnyKind;
}

/** A name, path or the like within a sentence, for KindDescription.subject. */
export const asCode = (id: string): string => `\`${id}\``;
