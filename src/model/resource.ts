import type { ClusterApi } from './api.js';
import type { ChangeSummary } from './change.js';
import type { HostConnection, UploadFile, Whole } from './host.js';

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
      /** Longest time in seconds without a line of output before it is taken to hang, and is ended. Default 120. */
      readonly silenceSeconds?: number;
    }
  | { readonly do: 'upload'; readonly files: readonly UploadFile[] }
  /** For what neither text nor files can say (streams, API calls). */
  | {
      readonly do: 'call';
      readonly title: string;
      readonly run: (tools: Tools) => Promise<void>;
      /** Files that it brings to the host where that is far (HostConnection.bring): they may come before its turn. */
      readonly brings?: readonly Whole[];
      /** Neighbours that say the same here do not need each other, and are run side by side. Absent: it is run by itself. */
      readonly beside?: string;
    };

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

/** What is written down on the host before a resource is first changed. */
export interface UndoRecord<Data> {
  /** sh text that saves what is there into the folder "$D" (root only). Runs under `sh -eu`. */
  readonly save?: string;
  /** What `restore` has to know, as JSON. No secrets. */
  readonly data: Data;
  /** Where two kinds change the same thing: it is recorded once, under that kind and id. */
  readonly as?: { readonly kind: string; readonly id: string };
}

/**
 * How the changes of one kind are undone. On the host stand data with a version; what is done with them at reset is the
 * present code's, so that a mistake in an undo can be mended for clusters that exist.
 */
export interface Undo<R extends Resource, Seen, Data = unknown> {
  /** Of `data` and of what `save` keeps, from 1. One more when either changes its shape; older ones stay readable. */
  readonly version: number;
  readonly record: (resource: R, seen: Seen) => UndoRecord<Data>;
  /** sh text that puts back what was there, from "$D". Entries run newest first; each may run twice. */
  readonly restore: (data: Data, version: number) => string;
  /** True: others fill what this resource makes, so undo is recorded although the first look found it right. */
  readonly owns?: (resource: R) => boolean;
}

/** Forgets the type of a kind's data. It is sound because data come back only to the kind and version that wrote them. */
export function undoOf<R extends Resource, Seen, Data>(undo: Undo<R, Seen, Data>): Undo<R, Seen> {
  return undo as unknown as Undo<R, Seen>;
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
  /** Instead of both, for kinds of which a host has dozens: all are looked at by one script, in a handful of processes. */
  readonly together?: {
    readonly observe: (resources: readonly R[]) => string;
    /** In their order. */
    readonly parse: (resources: readonly R[], output: string) => readonly Seen[];
  };
  /** For kinds seen through the API. */
  readonly observeCall?: (resource: R, tools: Tools) => Promise<Seen>;
  readonly diff: (resource: R, seen: Seen) => Difference;
  /** What was seen, as it will be once these paths have been written in the same run; undefined: that is no matter to it. */
  readonly afterWriting?: (resource: R, seen: Seen, written: ReadonlySet<string>) => Seen | undefined;
  readonly apply: (resource: R, seen: Seen) => readonly Step[];
  /** Absent: nothing on the host to undo. */
  readonly undo?: Undo<R, Seen>;
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
