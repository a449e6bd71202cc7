import type { Duplex } from 'node:stream';
import type { HostFacts } from '../model/facts.js';
import type { DatastoreAccess } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import type { CarePlace, DatastoreCopy } from './care.js';

/** The section of the inventory. */
export type DatastoreServer = NonNullable<Spec['datastoreServer']>;

/** What is wrong with that section. */
export interface WrongServer {
  /** Keys and indexes below it. Absent: the section itself. */
  readonly path?: readonly (string | number)[];
  /** Repeats nothing of what stands there: a password may stand in it by mistake. */
  readonly message: string;
}

/** One place where a datastore is asked. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
}

/** What is outside of the cluster, and looked after by others. */
export interface OutsideDatastore {
  readonly wrong: (server: DatastoreServer) => readonly WrongServer[];
  /** Where a section that is right leads; all have the same data. */
  readonly places: (server: DatastoreServer) => readonly ServerPlace[];
  /** What stays there when the cluster goes: a sentence. */
  readonly stays: (server: DatastoreServer) => string;
  /** What another cluster needs then: a sentence. */
  readonly another: (server: DatastoreServer) => string;
  /** How its data are copied by a control-plane host; all else is done by its own tools. Absent: so is that. */
  readonly copy?: (place: CarePlace) => DatastoreCopy;
  /** How one place takes what the inventory has for it, before anything is changed. Absent: the server itself looks when it starts. */
  readonly look?: (asked: AskedOutside) => Promise<OutsideLook>;
  /** Whether the API server of a host was written for the data of this section. Absent with `look`. */
  readonly begun?: (server: DatastoreServer, facts: Pick<HostFacts, 'kubernetes'>) => boolean;
}

export interface AskedOutside {
  readonly place: ServerPlace;
  readonly server: DatastoreServer;
  readonly access: DatastoreAccess;
  /** A connection to that place, through a control-plane host. Ended by who is given it. */
  readonly connect: () => Promise<Duplex>;
}

/** What one place says. */
export interface OutsideLook {
  /** Why it cannot be used, in half a sentence, and what a person does. */
  readonly wrong?: { readonly found: string; readonly hint: string };
  /** How many keys of some cluster are where those of this one shall be; the mark by which kinit takes it is none. */
  readonly keys?: number;
}

/** A datastore outside, as the configuration of a cluster has it that kinit did not make. */
export interface OutsideFound {
  /** The section of the inventory, but for what is fixed. */
  readonly section: Readonly<Record<string, unknown>>;
  /** Files of a control-plane host that the operator needs, by the name that the section has for them. */
  readonly copies: Readonly<Record<string, string>>;
  /** Why kinit does not use it: a sentence. Absent: it does. */
  readonly cannot?: string;
}
