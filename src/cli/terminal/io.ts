/** A stream a person or a pipe reads. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The outside world as the command line sees it; tests hand in their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The process's own streams. */
export function processIo(): Io {
  return { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env };
}

/** A person is looking: a terminal that is not a build server's imitation of one. */
export function isInteractive(io: Io, output: Output = io.stdout): boolean {
  return output.isTTY === true && !isCi(io) && io.env['TERM'] !== 'dumb';
}

/** Whether a question can be asked and answered. */
export function canAsk(io: Io): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true && !isCi(io);
}

function isCi(io: Io): boolean {
  const ci = io.env['CI'];
  return ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0';
}
