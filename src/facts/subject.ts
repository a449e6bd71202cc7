import type { ShellScript, ShellValues } from '../shell/script.js';

/** One subject of the probe: what to ask, and how to read the answer. The script changes nothing and is quick. */
export interface Subject<Answer> {
  readonly id: string;
  /** Runs as root in a subshell of its own, its standard error is dropped. */
  readonly script: ShellScript;
  readonly values?: ShellValues;
  /** Takes any text, also none at all (a missing tool), and gives sensible defaults then. */
  readonly parse: (output: string) => Answer;
}

/** Lines that are not empty, trimmed. */
export function lines(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Words of a line, split at white space. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}

/** 'KEY=value' lines; quotes around a value are taken off, as os-release(5) allows them. */
export function assignments(output: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines(output)) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined)
      found.set(match[1], match[2].replace(/^(["'])(.*)\1$/, '$2'));
  }
  return found;
}
