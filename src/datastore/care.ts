import { z } from 'zod';

/** What a copy of a datastore holds. */
export const contentsSchema = z.object({
  /** Of its last write. */
  revision: z.number(),
  /** One a change that is kept; a key has several until old ones are compacted. */
  rows: z.number(),
  keys: z.number(),
  bytes: z.number(),
});
export type Contents = z.output<typeof contentsSchema>;

/** How large it is, and what makes it so. */
export const datastoreStateSchema = contentsSchema.extend({
  /** Bytes of the write-ahead log. */
  writeAheadLog: z.number(),
  /** Bytes of its file that nothing uses. */
  free: z.number(),
  /** Revisions before this one are gone. */
  compacted: z.number(),
  /** Keys with the most rows. */
  most: z.array(z.object({ key: z.string(), rows: z.number() })),
});
export type DatastoreState = z.output<typeof datastoreStateSchema>;

/**
 * How its data are looked after, on a host of it: sh text. Each prints one JSON value, and says what went wrong on standard error
 * (a line that begins with "Error:" where it knows).
 */
export interface DatastoreCare {
  /** A file beside the data, for copies on their way. */
  readonly scratch: string;
  /** Writes a consistent copy to `scratch`, while it runs. Prints Contents. */
  readonly backup: () => string;
  /** Reads all of the copy at `scratch`, and makes it go on ahead of what clients have seen. Prints Contents. */
  readonly prepare: () => string;
  /** Puts the copy at `scratch` in the place of the data, which are kept in a folder that is then printed. It does not run. */
  readonly replace: (stamp: string) => string;
  /** Prints DatastoreState. */
  readonly status: () => string;
  /** Gives space back that nothing uses, while it runs. Prints Contents. */
  readonly compact: () => string;
}
