/** What a host carries from before, as it was found; whose it is, src/leftovers decides. Nothing in it is secret. */
export interface HostPast {
  /** The host's clock, in seconds since 1970. */
  readonly now: number;
  /** When kinit first changed this host. Absent: it never has. */
  readonly began?: number;
  /** Ids of what kinit has changed here (Resource.id). */
  readonly recorded: readonly string[];
  /** Links that were there when kinit's cluster came. Absent: none has come so far. */
  readonly linksBefore?: readonly string[];
  readonly files: readonly PastFile[];
  readonly links: readonly { readonly name: string; readonly ports: number }[];
  readonly chains: readonly { readonly family: string; readonly table: string; readonly name: string }[];
  readonly units: readonly { readonly name: string; readonly active: string; readonly enabled: string }[];
  /** Lines that set kernel parameters, in the order in which they take effect. */
  readonly sysctls: readonly { readonly file: string; readonly line: number; readonly text: string }[];
  /** Mounts that hold folders kinit writes into. */
  readonly places: readonly {
    readonly path: string;
    readonly writable: boolean;
    readonly options: readonly string[];
  }[];
  /** Programs that are there, with the first line of what they say with --version. Absent: none was asked for. */
  readonly programs?: readonly { readonly path: string; readonly version: string }[];
}

export interface PastFile {
  readonly path: string;
  readonly type: 'file' | 'link' | 'folder' | 'other';
  /** Of its inode, in seconds since 1970: nobody can set it back. */
  readonly changed: number;
  /** As its owner left it, in seconds since 1970. */
  readonly written: number;
  /** User. */
  readonly owner: string;
  /** Where the table asked for it; of certificates and kubeconfigs without what is secret. */
  readonly text?: string;
}

/** What a table of leftovers asks of a host; globs and patterns of the shell. */
export interface PastLook {
  /** Whether they are there, and from when. */
  readonly files?: readonly string[];
  readonly texts?: readonly string[];
  /** Their certificates. */
  readonly certificates?: readonly string[];
  /** Their servers, authorities and certificates. */
  readonly kubeconfigs?: readonly string[];
  readonly links?: readonly string[];
  readonly units?: readonly string[];
  /** Folders. */
  readonly places?: readonly string[];
  /** Programs by their paths: what they say with --version. */
  readonly programs?: readonly string[];
}
