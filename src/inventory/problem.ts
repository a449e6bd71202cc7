/** Keys and indexes from the root of the inventory to a value. */
export type Path = readonly (string | number)[];

/** One thing wrong with an inventory. */
export interface InventoryProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** For example 'hosts[1].roles[0]'; '' for the file as a whole. */
  readonly path: string;
  /** What stands there, as a person reads it. */
  readonly found: string;
  /** What is wrong with it or what it must be. */
  readonly message: string;
  readonly allowed?: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** A problem before its place in the file is known. */
export interface Finding {
  readonly path: Path;
  /** Point at the key, not at its value. */
  readonly atKey?: boolean;
  /** Absent: taken from the file. */
  readonly found?: string;
  readonly message: string;
  readonly allowed?: string;
  readonly suggestion?: string;
}

/** file:line:column: path: what was found; what is allowed; did you mean "..."? */
export function formatProblem(file: string, problem: InventoryProblem): string {
  const place = `${file}:${String(problem.line)}:${String(problem.column)}`;
  const parts = [
    ...(problem.found === '' ? [] : [`found ${problem.found}`]),
    problem.message,
    ...(problem.allowed === undefined ? [] : [`allowed: ${problem.allowed}`]),
    ...(problem.suggestion === undefined ? [] : [`did you mean "${problem.suggestion}"?`]),
  ];
  return `${place}: ${problem.path === '' ? '' : `${problem.path}: `}${parts.join('; ')}`;
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    const word = /^[A-Za-z_][\w-]*$/.test(part) ? part : JSON.stringify(part);
    return text === '' ? word : `${text}.${word}`;
  }, '');
}
