import type { HostPast, PastFile, PastLook } from '../../model/past.js';
import { defined } from '../../model/defined.js';
import { shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import { wholeText, type Subject } from '../subject.js';

/** What a host carries from before. @param looks what each row of the table of leftovers asks for */
export function past(looks: readonly PastLook[]): Subject<HostPast> {
  const words = (key: keyof PastLook, word: string): string[] =>
    [...new Set(looks.flatMap((look) => look[key] ?? []))].map((each) => `${word}=${each}`);
  return {
    id: 'past',
    script: shellScript('./past.sh', import.meta.url),
    limit: 4 * 1024 * 1024,
    values: {
      args: [
        ...words('files', '-'),
        ...words('texts', 'text'),
        ...words('certificates', 'pem'),
        ...words('kubeconfigs', 'kubeconfig'),
        ...words('links', 'link'),
        ...words('units', 'unit'),
        ...words('places', 'place'),
        ...words('programs', 'program'),
      ],
      env: { JOURNAL: `${STATE_DIR}/journal` },
    },
    parse: parsePast,
  };
}

/** Fields of the lines that begin with a word. */
type Rows = (word: string) => readonly (readonly string[])[];

function parsePast(output: string): HostPast {
  const lines = output.split('\n').map((line) => line.split('\t'));
  const rows: Rows = (word) => lines.filter(([first]) => first === word).map(([, ...rest]) => rest);
  const seconds = (word: string): number | undefined => numberOf(rows(word)[0]?.[0]);
  const before = rows('before');
  const programs = rows('program').map(([path = '', version = '']) => ({ path, version }));
  return {
    now: seconds('now') ?? 0,
    ...defined({ began: seconds('began') }),
    recorded: rows('recorded').map(([id = '']) => id),
    ...(before.length === 0 ? {} : { linksBefore: before.flatMap(([name]) => name ?? []) }),
    files: filesOf(rows),
    links: rows('link').map(([name = '', ports]) => ({ name, ports: numberOf(ports) ?? 0 })),
    chains: rows('chain').map(([family = '', table = '', name = '']) => ({ family, table, name })),
    units: rows('unit').map(([name = '', active = '', enabled = '']) => ({ name, active, enabled })),
    sysctls: rows('sysctl').map(([file = '', line, text = '']) => ({ file, line: numberOf(line) ?? 0, text })),
    places: rows('place').map(([path = '', writable, options = '']) => ({
      path,
      writable: writable === 'yes',
      options: options.split(','),
    })),
    ...defined({ programs: programs.length === 0 ? undefined : programs }),
  };
}

function filesOf(rows: Rows): PastFile[] {
  const texts = new Map<string, string[]>();
  for (const [path = '', ...line] of rows('text')) {
    const lines = texts.get(path) ?? [];
    if (lines.length === 0) texts.set(path, lines);
    lines.push(line.join('\t'));
  }
  const files = rows('file').map(([type = '', changed, written, owner = '', size, path = '']): PastFile => {
    const lines = texts.get(path);
    return {
      path,
      type: TYPES[type] ?? 'other',
      changed: numberOf(changed) ?? 0,
      written: numberOf(written) ?? 0,
      owner,
      ...defined({ text: lines && wholeText(lines, numberOf(size) ?? 0) }),
    };
  });
  // Several rows of the table may ask for one.
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** As stat calls them. */
const TYPES: Readonly<Record<string, PastFile['type']>> = {
  'regular file': 'file',
  'regular empty file': 'file',
  directory: 'folder',
  'symbolic link': 'link',
};

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}
