/** What states.sh prints of something that is there. */
export interface State {
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly mode: number;
  /** Name and number. */
  readonly owners: readonly string[];
  readonly groups: readonly string[];
}

/** By the first digit of the raw mode (inode(7)). */
const TYPES: Readonly<Record<string, State['type']>> = { '8': 'file', '4': 'folder', a: 'link' };

/** Its lines, by path; others are passed over. */
export function parseStates(lines: readonly string[]): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const line of lines) {
    const [, raw = '', mode = '', owner = '', group = '', uid = '', gid = '', path] =
      /^([0-9a-f]{4}) ([0-7]+) (\S+) (\S+) (\d+) (\d+) (.+)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const type = TYPES[raw.charAt(0)] ?? 'other';
    states.set(path, { type, mode: Number.parseInt(mode, 8), owners: [owner, uid], groups: [group, gid] });
  }
  return states;
}
