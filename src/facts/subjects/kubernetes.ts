import { createHash } from 'node:crypto';
import { RECORD } from '../../model/record.js';
import { seal } from '../../model/text/sealed.js';
import { SERVER_FILE, type HostFacts } from '../../model/facts.js';
import { defined } from '../../model/defined.js';
import { RUN_FOLDER } from '../../model/run-folder.js';
import { shellScript } from '../../shell/script.js';
import { wholeText, type Subject } from '../subject.js';

const MANIFESTS = '/etc/kubernetes/manifests/';

/** Files of a cluster that later work builds on, without the keys in them. */
export const kubernetes: Subject<Omit<HostFacts['kubernetes'], 'kubeletActive'>> = {
  id: 'kubernetes',
  script: shellScript('./kubernetes.sh', import.meta.url),
  values: { args: [RECORD.path, SERVER_FILE, RUN_FOLDER] },
  limit: 4 * 1024 * 1024,
  parse: (output) => {
    const pki: Record<string, string> = {};
    const manifests: Record<string, string> = {};
    let record: string | undefined;
    const blocks = sectionsOf(output);
    for (const [path, text] of textsOf(blocks)) {
      if (path === RECORD.path) record = text;
      else if (path.startsWith(MANIFESTS) || path === SERVER_FILE) manifests[path] = text;
      else pki[path] = text;
    }
    return {
      membership: '/etc/kubernetes/kubelet.conf' in pki ? 'member' : 'none',
      pki,
      journal: blocks.has('journal'),
      made: blocks.has('made'),
      manifests,
      ...defined({ record }),
    };
  },
};

/** Lines by the name of what they are printed behind. */
type Sections = ReadonlyMap<string, readonly string[]>;

function sectionsOf(output: string): Sections {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of output.split('\n')) {
    if (line.startsWith('=')) sections.set(line.slice(1), (lines = []));
    else if (line !== '') lines.push(line);
  }
  return sections;
}

/** Each file as it is, or sealed. */
function* textsOf(sections: Sections): Iterable<readonly [path: string, text: string]> {
  const texts = byPath(sections.get('texts'));
  const open = byPath(sections.get('open'));
  // A hash has 64 digits, and two characters follow it.
  const digests = new Map(sections.get('digests')?.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const line of sections.get('files') ?? []) {
    const [, size = '', path = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
    const sha256 = digests.get(path);
    if (sha256 === undefined) yield [path, wholeText(texts.get(path) ?? [], Number(size))];
    else yield [path, seal({ sha256, ...sealedParts(path, open.get(path) ?? [], sections) })];
  }
}

/** Of lines 'PATH:LINE'. */
function byPath(lines: readonly string[] = []): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf(':');
    const path = line.slice(0, at);
    const own = found.get(path) ?? [];
    if (own.length === 0) found.set(path, own);
    own.push(line.slice(at + 1));
  }
  return found;
}

function sealedParts(path: string, open: readonly string[], sections: Sections) {
  const text = open
    .map((line) => (/(?:client-key-data|secret):$/.test(line) ? `${line} SEALED\n` : `${line}\n`))
    .join('');
  const half = sections.get(`key ${path}`);
  const holdsKey = half !== undefined || open.some((line) => line.includes('client-key-data:'));
  return { text, key: holdsKey ? publicIdOf(half ?? []) : undefined };
}

/** Digest of the public half (DER) that a host has printed as PEM; none where it is no key, unknown where nothing could tell. */
function publicIdOf(pem: readonly string[]): string {
  if (pem[0] === 'unknown') return 'unknown';
  const body = pem.filter((line) => !line.startsWith('-----')).join('');
  return body === '' ? 'none' : createHash('sha256').update(Buffer.from(body, 'base64')).digest('hex');
}
