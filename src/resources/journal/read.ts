import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

const LIST = shellScript('./list.sh', import.meta.url);
const RENEW = shellScript('./renew.sh', import.meta.url);

/** An entry as it stands on a host. */
export interface RecordedEntry {
  /** Name of its folder: NUMBER-SLUG. */
  readonly name: string;
  /** Of the resource. */
  readonly id: string;
  /** Absent for entries of an older kinit, which kept no data: their restore.sh is all there is. */
  readonly undo?: { readonly kind: string; readonly version: number; readonly data: unknown };
  /** Of its restore.sh, lower-case hex. */
  readonly sha256: string;
}

/** sh text that prints all entries, for parseJournal. */
export function journalList(stateDir: string = STATE_DIR): string {
  return sh(LIST, { args: [stateDir] });
}

/** Lines 'NAME/id:ID', 'NAME/kind:KIND VERSION', 'NAME/data.json:JSON' and 'SHA256  NAME/restore.sh'. */
export function parseJournal(output: string): readonly RecordedEntry[] {
  const lines = output.split('\n');
  const ids = fieldsOf(lines, 'id');
  const kinds = fieldsOf(lines, 'kind');
  const data = fieldsOf(lines, 'data.json');
  return lines.flatMap((line) => {
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](\d+-[^/]+)\/restore\.sh$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) return [];
    const id = ids.get(name) ?? '';
    const [kind, version] = kinds.get(name)?.split(' ') ?? [];
    const json = data.get(name);
    if (kind === undefined || json === undefined) return [{ name, id, sha256 }];
    return [{ name, id, sha256, undo: { kind, version: Number(version), data: JSON.parse(json) as unknown } }];
  });
}

/** sh text that puts another restore.sh into an entry. */
export function journalRenew(name: string, restore: string, stateDir: string = STATE_DIR): string {
  return sh(RENEW, { args: [stateDir, name, restore] });
}

function fieldsOf(lines: readonly string[], file: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(`/${file}:`);
    if (at > 0 && /^\d+-[^/]+$/.test(line.slice(0, at)))
      fields.set(line.slice(0, at), line.slice(at + file.length + 2));
  }
  return fields;
}
