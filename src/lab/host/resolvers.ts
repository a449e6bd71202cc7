import { readFile } from 'node:fs/promises';

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
