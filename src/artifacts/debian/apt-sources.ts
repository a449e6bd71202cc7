import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../ssh/local.js';

/** The Debian release that image layers, libraries and test hosts come from. */
export const SUITE = 'bookworm';

/** What mmdebstrap and test hosts get of this machine's apt configuration: never more than where Debian comes from. */
export interface AptConfiguration {
  /** A debian.sources file. */
  readonly sources: string;
  /** Lines of an apt.conf. A proxy among them may hold a password. */
  readonly settings: readonly string[];
}

/** How this machine reaches a release of Debian: its own mirrors and proxies, so that what works for its apt works for kinit's. */
export async function ownAptConfiguration(suite: string = SUITE): Promise<AptConfiguration> {
  const sources = hostSources(await sourceFiles(), await debianCodename(), suite);
  const dump = await runLocal('apt-config', ['dump'], { reject: false }).catch(() => ({ stdout: '' }));
  return { sources, settings: acquireSettings(dump.stdout, process.env) };
}

interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
}

function defaultSources(suite: string): readonly Source[] {
  return [
    { uris: ['http://deb.debian.org/debian'], suites: [suite, `${suite}-updates`] },
    { uris: ['http://deb.debian.org/debian-security'], suites: [`${suite}-security`] },
  ];
}

/**
 * Sources for the hosts, in apt's deb822 form, from the texts of this machine's own source files: the same mirrors,
 * with the machine's Debian release replaced by the hosts'. Third-party archives are left out. A machine that is not
 * Debian gets the official mirrors.
 */
export function hostSources(
  files: readonly { readonly path: string; readonly text: string }[],
  codename: string | undefined,
  suite: string = SUITE,
): string {
  const own = files.flatMap(({ path, text }) => (path.endsWith('.sources') ? deb822(text) : oneLine(text)));
  const debian =
    codename === undefined
      ? []
      : own
          .filter(({ official }) => official)
          .map(({ uris, suites }) => ({ uris, suites: releaseSuites(suites, codename, suite) }))
          .filter(({ suites }) => suites.length > 0);
  const chosen = debian.some(({ suites }) => suites.includes(suite)) ? debian : defaultSources(suite);
  return chosen
    .map(
      ({ uris, suites }) =>
        `Types: deb\nURIs: ${uris.join(' ')}\nSuites: ${suites.join(' ')}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`,
    )
    .join('\n');
}

/**
 * Settings from `apt-config dump` that say how archives are reached (proxies, TLS, date checks, retries), one apt.conf
 * line each. A proxy that this machine has only in its environment is added.
 */
export function acquireSettings(
  dump: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): string[] {
  const own = dump
    .split('\n')
    .filter((line) => /^Acquire::(https?::|Check-|Retries |ForceIPv[46] )\S*.*".+";$/.test(line));
  const proxies = (['http', 'https'] as const).flatMap((scheme) => {
    const proxy = environment[`${scheme}_proxy`];
    if (proxy === undefined || /["\n]/.test(proxy) || own.some((line) => line.startsWith(`Acquire::${scheme}::Proxy `)))
      return [];
    return [`Acquire::${scheme}::Proxy "${proxy}";`];
  });
  return [...own, ...proxies];
}

/** Sources (as hostSources gives them) of another release of Debian, from the same mirrors. */
export function sourcesOfSuite(sources: string, suite: string): string {
  return sources
    .split(/\n\n+/)
    .filter((stanza) => new RegExp(`^Suites: (.* )?${SUITE}( |$)`, 'm').test(stanza))
    .map((stanza) => `${stanza.trimEnd().replace(/^Suites: .*$/m, `Suites: ${suite}`)}\n`)
    .join('\n');
}

/** Where the packages come from, without what an address may hold of a login. */
export function archives(sources: string): string {
  const uris = [...sources.matchAll(/^URIs: (.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  return [...new Set(uris.map((uri) => uri.replace(/\/\/[^/@]*@/, '//')))].join(' ');
}

interface OwnSource extends Source {
  /** Component main, signed (if anything is said) by Debian's own keyring. */
  readonly official: boolean;
}

function deb822(text: string): OwnSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    for (const line of stanza.split('\n')) {
      const [, key, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) fields.set(key.toLowerCase(), value.trim());
    }
    const words = (key: string): string[] => (fields.get(key) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('types').includes('deb') || /^no$/i.test(fields.get('enabled') ?? 'yes')) return [];
    const signed = fields.get('signed-by') ?? '';
    return [
      {
        uris: words('uris'),
        suites: words('suites'),
        official: words('components').includes('main') && (signed === '' || signed.includes('debian-archive')),
      },
    ];
  });
}

function oneLine(text: string): OwnSource[] {
  return text.split('\n').flatMap((line) => {
    const [, options = '', uri, suite, components = ''] =
      /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line.replace(/#.*/, '')) ?? [];
    if (uri === undefined || suite === undefined) return [];
    const signed = /signed-by=(\S+)/.exec(options)?.[1] ?? '';
    return [
      {
        uris: [uri],
        suites: [suite],
        official: components.split(/\s+/).includes('main') && (signed === '' || signed.includes('debian-archive')),
      },
    ];
  });
}

/** bullseye's security archive was still named bullseye-security; "/updates" is older than anything kinit runs on. */
function releaseSuites(suites: readonly string[], codename: string, suite: string): string[] {
  const wanted = ['', '-updates', '-security'].map((ending) => codename + ending);
  return suites.filter((own) => wanted.includes(own)).map((own) => suite + own.slice(codename.length));
}

async function sourceFiles(): Promise<{ path: string; text: string }[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).sort();
  return Promise.all(
    ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))].map(async (path) => ({
      path,
      text: await readFile(path, 'utf8').catch(() => ''),
    })),
  );
}

/** Debian release of this machine; undefined where it is another system. */
async function debianCodename(): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID=debian$/m.test(text) ? /^VERSION_CODENAME=(\S+)$/m.exec(text)?.[1] : undefined;
}
