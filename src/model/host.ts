import type { Duplex, Readable } from 'node:stream';

/** What a command on a host left behind. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Requests that need not wait for the answers to those before them: sent at once, one begins on the host only where all before it in the
 * series ended with exit code 0. Else it rejects, and has done nothing.
 */
export interface Series {
  /** Letters and digits; no other series of this run has it. */
  readonly id: string;
  /** One has failed: none is sent any more. */
  broken: boolean;
}

export interface RunOptions {
  /** Bytes for the command's standard input. Secrets travel here, never in the script. */
  readonly stdin?: string | Uint8Array;
  /** Upper bound in seconds; the remote command is ended when it runs out. Default 60. */
  readonly timeoutSeconds?: number;
  /** In place of it: longest time in seconds without a line on standard output. For what takes as long as it takes, and tells. */
  readonly silenceSeconds?: number;
  /** Called with each line of standard output as it comes (long-running commands). */
  readonly onLine?: (line: string) => void;
  /**
   * What it changes on the host, in words. It then runs as a job: a later run of kinit waits for its end, also when this
   * connection or this kinit is gone by then. Needs `claim` before.
   */
  readonly change?: string;
  readonly series?: Series;
}

/** As of RunOptions. */
export type PipeOptions = Pick<RunOptions, 'timeoutSeconds' | 'onLine' | 'change'>;

/** One file to put on a host. It is written beside its target, with its final mode and owner from the first byte, synced and renamed. */
export interface UploadFile {
  /** Absolute path on the host. Parent folders are made (0755) when missing. */
  readonly path: string;
  readonly content: { readonly bytes: Uint8Array } | { readonly localFile: string; readonly size: number };
  /** Octal, for example 0o600. */
  readonly mode: number;
  /** Default 'root'. */
  readonly owner?: string;
  readonly group?: string;
  /** Lower-case hex; checked on the host before the rename. */
  readonly sha256?: string;
}

export interface SendOptions {
  /** Told how many bytes of all the files the host has, again and again. */
  readonly onProgress?: (bytes: number) => void;
  /** Stops sending: what large files have come is kept, and the promise rejects with KinitError 'interrupted'. */
  readonly signal?: AbortSignal;
  /** Only for files that go through the shell (`goThroughShell`). */
  readonly series?: Series;
}

/** A file of this machine, as it lies on a host until it goes on from there. */
export interface Whole {
  readonly localFile: string;
  /** In bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Counts that `--timing` prints and tests hold to their limits. */
export interface ConnectionStats {
  /** Exec channels opened (the root shell is one). */
  readonly execChannels: number;
  /** How often the root shell was asked something while it had nothing else to do: those waited for the way there and back. */
  readonly roundTrips: number;
  readonly bytesSent: number;
}

/** One open connection to one host, as root. */
export interface HostConnection {
  /** Inventory name. */
  readonly host: string;
  /**
   * Makes this run of kinit the one that changes the host: jobs of runs before it that still go on there are waited for,
   * and none of theirs begins any more. `onWait` is told what is waited for.
   */
  claim(onWait: (text: string) => void): Promise<void>;
  /** Runs POSIX sh text as root in the long-lived shell; one round trip. A non-zero exit code is a result, not an error. */
  run(script: string, options?: RunOptions): Promise<CommandResult>;
  /**
   * Sends all files, checks them and puts them in place together. Large ones of this machine whose SHA-256 is given come in parts,
   * which outlast a cut (see PARTS); the others in one stream.
   */
  upload(files: readonly UploadFile[], options?: SendOptions): Promise<void>;
  /**
   * Brings files to the host and leaves them under their SHA-256, whole, checked and for root alone: at most for a day, for what takes
   * them from there. An upload that was cut goes on where it was.
   * @returns their paths there, in order
   */
  bring(files: readonly Whole[], options?: SendOptions): Promise<readonly string[]>;
  /**
   * Begins to bring files, where the host is far, before `bring` is asked for them: that waits for them then. Ends when they are there; never
   * rejects. Absent: files come another way to this host.
   */
  readonly ahead?: (files: readonly Whole[], signal: AbortSignal) => Promise<void>;
  /** Whether a large stream comes better as files that are brought: answers take long, or the line is slow. */
  isFar(): boolean;
  /** Runs a command on its own exec channel with a stream as standard input (image imports, bulk data). */
  pipe(script: string, input: Readable, options?: PipeOptions): Promise<CommandResult>;
  /** A TCP stream opened from the host to address:port (direct-tcpip). Not an exec channel. */
  connectTcp(address: string, port: number): Promise<Duplex>;
  /** A stream to a socket on the host, by its absolute path (direct-streamlocal of OpenSSH). sshd opens it as the user that logged in. */
  connectSocket(path: string): Promise<Duplex>;
  readonly stats: ConnectionStats;
  close(): Promise<void>;
}
