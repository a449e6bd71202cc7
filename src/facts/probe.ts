/** One subject of facts: what to ask, and how to read the answer. Both are pure. */
export interface Probe<T> {
  /** sh text that prints what is there, changes nothing, and copes with missing tools. */
  readonly script: string;
  readonly parse: (output: string) => T;
}

/** 'key=value' lines as a map; later ones win. */
export function fields(output: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines(output)) {
    const at = line.indexOf('=');
    if (at > 0) found.set(line.slice(0, at), line.slice(at + 1));
  }
  return found;
}

/** Lines that are not empty, without white space at their ends. */
export function lines(output: string): string[] {
  return output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

export function integer(text: string | undefined, otherwise: number): number {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? otherwise : value;
}
