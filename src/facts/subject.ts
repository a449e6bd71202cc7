import type { ShellScript, ShellValues } from '../shell/script.js';

/** One subject of the probe: what to ask, and how to read the answer. The script changes nothing and is quick. */
export interface Subject<Answer> {
  readonly id: string;
  /**
   * Runs as root in a subshell of its own. It ends with code 0 when it could look, whatever it found; what it says on
   * standard error is told only where it could not.
   */
  readonly script: ShellScript;
  readonly values?: ShellValues;
  /** The answer is never longer, in characters; default 64 Ki. Who says more says what was not asked. */
  readonly limit?: number;
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

/** Of a file of so many bytes, from its lines: whether the last one ends with a line break is told by the size. */
export function wholeText(lines: readonly string[], size: number): string {
  const text = lines.join('\n');
  return Buffer.byteLength(text) === size ? text : `${text}\n`;
}
