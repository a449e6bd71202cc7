import type { HostPast, PastFile, PastLook } from '../../model/past.js';
import { defined } from '../../model/defined.js';
import { shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';
import type { Subject } from '../subject.js';

/** What a host carries from before. @param looks what each row of the table of leftovers asks for */
export function past(looks: readonly PastLook[]): Subject<HostPast> {
  const words = (key: keyof PastLook, word: string): string[] =>
    [...new Set(looks.flatMap((look) => look[key] ?? []))].map((each) => `${word}=${each}`);
  return {
    id: 'past',
    script: shellScript('./past.sh', import.meta.url),
    values: {
      args: [
        ...words('files', '-'),
        ...words('texts', 'text'),
        ...words('certificates', 'pem'),
        ...words('kubeconfigs', 'kubeconfig'),
        ...words('links', 'link'),
        ...words('units', 'unit'),
        ...words('places', 'place'),
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
  return {
    now: seconds('now') ?? 0,
    ...defined({ began: seconds('began') }),
    recorded: rows('recorded').map(([id = '']) => id),
    ...(before.length === 0 ? {} : { linksBefore: before.flatMap(([name]) => name ?? []) }),
    files: filesOf(lines),
    links: rows('link').map(([name = '', ports]) => ({ name, ports: numberOf(ports) ?? 0 })),
    chains: rows('chain').map(([family = '', table = '', name = '']) => ({ family, table, name })),
    units: rows('unit').map(([name = '', active = '', enabled = '']) => ({ name, active, enabled })),
    sysctls: rows('sysctl').map(([file = '', line, text = '']) => ({ file, line: numberOf(line) ?? 0, text })),
    places: rows('place').map(([path = '', writable, options = '']) => ({
      path,
      writable: writable === 'yes',
      options: options.split(','),
    })),
  };
}

/** A file's text stands in the line behind it. */
function filesOf(lines: readonly (readonly string[])[]): PastFile[] {
  return lines.flatMap(([word, type, changed, written, owner = '', path = ''], index) => {
    if (word !== 'file' || !path.startsWith('/')) return [];
    const [next, encoded] = lines[index + 1] ?? [];
    const text = next === 'text' ? Buffer.from(encoded ?? '', 'base64').toString('utf8') : undefined;
    return [
      {
        path,
        type: type === 'link' || type === 'folder' || type === 'file' ? type : 'other',
        changed: numberOf(changed) ?? 0,
        written: numberOf(written) ?? 0,
        owner,
        ...defined({ text }),
      },
    ];
  });
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}
