import { z } from 'zod';
import type { Spec } from '../model/spec.js';

/** Beside the data: a copy on its way. */
export const SCRATCH = 'kinit-copy.db';

/** What a copy of a datastore holds. */
export const contentsSchema = z.object({
  /** Of its last write. */
  revision: z.number(),
  keys: z.number(),
  bytes: z.number(),
});
export type Contents = z.output<typeof contentsSchema>;

/** How large it is, and what makes it so. Sizes are of the host that was asked. */
export const datastoreStateSchema = contentsSchema.extend({
  /** One a change that is kept; a key has several until old ones are compacted. Absent: it does not say. */
  rows: z.number().optional(),
  /** Bytes of the write-ahead log. */
  writeAheadLog: z.number(),
  /** Bytes of its file that nothing uses. */
  free: z.number(),
  /** Revisions before this one are gone. */
  compacted: z.number(),
  /** Keys with the most rows; or, with a * at the end, beginnings of keys with the most keys. */
  most: z.array(z.object({ key: z.string(), rows: z.number() })),
});

/** How many of something took longer than it should, since what counts them was started. */
export interface Slowness {
  readonly what: string;
  readonly all: number;
  readonly slower: number;
  /** Than this. */
  readonly seconds: number;
}

/** One of several processes that hold the same data. */
export interface MemberState {
  /** Of its host; as the datastore has it, where that is no host of the inventory. */
  readonly name: string;
  /** False: the others below are 0. */
  readonly answers: boolean;
  readonly leader: boolean;
  /** False: it gets everything, and nobody waits for it. */
  readonly voter: boolean;
  readonly bytes: number;
  readonly free: number;
  readonly revision: number;
  /** Index of the last entry of its log that is in its data: one that stays behind the others is slow. */
  readonly applied: number;
  /** What it complains of, for example that its space is used up. */
  readonly alarms: readonly string[];
}

export interface DatastoreState extends z.output<typeof datastoreStateSchema> {
  readonly slow: readonly Slowness[];
  /** All that it has itself, whatever the inventory names. Absent: it has one by its nature. */
  readonly members?: readonly MemberState[];
}

/** sh text for a host, and what its answer says. It says what went wrong on standard error (a line that begins with "Error:" where it knows). */
export interface CareStep<T> {
  readonly script: string;
  /** Throws where this is not what the script prints. */
  readonly read: (stdout: string) => T;
}

export interface CareMember {
  /** Of its host. */
  readonly name: string;
  readonly address: string;
}

/** One host of the data, and the cluster that it is of. */
export interface CarePlace {
  readonly spec: Spec;
  /** Of the API server on its hosts. */
  readonly program: string;
  readonly member: CareMember;
  /** All there are, itself among them. */
  readonly members: readonly CareMember[];
  /** Name of the file beside the data for copies on their way. Absent: that of kinit's own runs. */
  readonly scratch?: string;
}

/** How its data are copied, on one host. */
export interface DatastoreCopy {
  /** A file on the host for copies on their way: beside the data, where they are on it. */
  readonly scratch: string;
  /** Writes a consistent copy to `scratch`, while it runs. */
  readonly backup: () => CareStep<Contents>;
}

/** How its data are looked after, on one host of it. */
export interface DatastoreCare extends DatastoreCopy {
  /**
   * Reads all of the copy at `scratch`, and makes of it what shall be put in place: ahead of what clients have seen. Whether it
   * runs or not. @param identity the same on every host of one restore @param behind a revision that clients have seen elsewhere
   */
  readonly prepare: (identity: string, behind?: number) => CareStep<unknown>;
  /** Takes the copy and what was prepared away, where it is not put in place after all. */
  readonly discard: () => CareStep<unknown>;
  /** Puts what was prepared in the place of the data, which are kept in a folder: its path, '' where nothing was. It does not run. */
  readonly replace: (identity: string) => CareStep<string>;
  /** Takes the data out of their place, into a folder: its path, '' where nothing was. It does not run. Absent: it cannot. */
  readonly retire?: (identity: string) => CareStep<string>;
  /** By the id of another datastore: writes at `file` what its care prepares. It does not run. */
  readonly convert?: Readonly<Record<string, (file: string) => CareStep<Contents>>>;
  readonly status: () => CareStep<DatastoreState>;
  /** Gives space back that nothing uses, while it runs. Says how many bytes are left. @param before what status said just now */
  readonly compact: (before: DatastoreState) => CareStep<Pick<Contents, 'bytes'>>;
}
