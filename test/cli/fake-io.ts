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
}: { readonly tty?: boolean; readonly env?: Record<string, string> } = {}): FakeIo {
  const out: string[] = [];
  const err: string[] = [];
  const output = (into: string[]): Output => ({ write: (text) => into.push(text), isTTY: tty, columns: 100, rows: 40 });
  return {
    stdout: output(out),
    stderr: output(err),
    stdin: Object.assign(Readable.from([]), { isTTY: tty }),
    env,
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
