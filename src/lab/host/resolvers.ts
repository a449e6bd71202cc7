import { readFile } from 'node:fs/promises';
import type { LabImage } from '../images/image.js';

/** The file of a host that says which servers its programs ask, by what they ask: its path, and the text of resolv.conf as that file has it. */
const SERVER_FILES = {
  servers: { path: 'etc/resolv.conf', text: (resolvConf: string) => resolvConf },
  resolved: { path: 'etc/systemd/resolved.conf.d/lab.conf', text: resolvedConf },
} as const;

/** Paths of all of them. */
export const NAME_SERVER_FILES = Object.values(SERVER_FILES).map(({ path }) => path);

/** The file of a host of this image that says which name servers are asked. */
export async function nameServerFile({ nameServers = 'servers' }: LabImage): Promise<{ path: string; text: string }> {
  const { path, text } = SERVER_FILES[nameServers];
  return { path, text: text(await resolvers()) };
}

/** resolved.conf(5). */
function resolvedConf(resolvConf: string): string {
  const said = (word: string): string =>
    [...resolvConf.matchAll(new RegExp(`^${word}\\s+(.*)$`, 'gm'))].map(([, value = '']) => value).join(' ');
  return `[Resolve]\nDNS=${said('nameserver')}\nDomains=${said('search')}\n`;
}

/** The machine's name servers; a local stub cannot be reached from a host, but the servers behind it can. */
export async function resolvers(): Promise<string> {
  for (const file of [
    '/etc/resolv.conf',
    '/run/systemd/resolve/resolv.conf',
    '/run/NetworkManager/no-stub-resolv.conf',
  ]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const usable = text
      .split('\n')
      .filter((line) => /^nameserver\s+(?!127\.|::1)/.test(line) || /^(search|options)\s/.test(line));
    if (usable.some((line) => line.startsWith('nameserver'))) return `${usable.join('\n')}\n`;
  }
  return '';
}
