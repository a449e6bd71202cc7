import { Readable } from 'node:stream';
import type { Io, Output } from '../../src/cli/terminal/io.js';

export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
}

/** Streams that keep what is written; no terminal unless `tty` says so. */
export function fakeIo({
  tty = false,
  env = {},
  columns = 100,
  rows = 40,
}: {
  readonly tty?: boolean;
  readonly env?: Record<string, string>;
  readonly columns?: number;
  readonly rows?: number;
} = {}): FakeIo {
  const out: string[] = [];
  const err: string[] = [];
  const output = (into: string[]): Output => ({ write: (text) => into.push(text), isTTY: tty, columns, rows });
  return {
    stdout: output(out),
    stderr: output(err),
    stdin: Object.assign(Readable.from([]), { isTTY: tty }),
    env,
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
