import { basename } from 'node:path/posix';
import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import { SYSCTL_FILE, sysctlsFor } from '../../phases/host/sysctls.js';

/** The same switch of the kernel under another name. */
const ALIASES: Readonly<Record<string, string>> = { 'net/ipv4/conf/all/forwarding': 'net/ipv4/ip_forward' };

/** Kernel parameters that something sets after kinit's file: at the next boot the cluster would lose them. */
export const sysctlPrecedence: LeftoverRow = {
  name: 'sysctls',
  title: 'Kernel parameters that win at boot',
  harm: 'At the next boot the cluster would lose what it needs.',
  looks: () => ({}),
  find: (host) => host.past.sysctls.flatMap((line) => faultOf(host, line)),
};

function faultOf(host: LeftoverHost, { file, line, text }: LeftoverHost['past']['sysctls'][number]): Leftover[] {
  const when = whenItWins(file, host);
  const [, name = '', value = ''] = /^-?\s*([^=\s]+)\s*=\s*(.*)$/.exec(text.trim()) ?? [];
  if (when === undefined || name === '') return [];
  const covers = coveredBy(name);
  const wanted = Object.entries(sysctlsFor(host.spec)).find(
    ([key, right]) => covers(key) && normal(right) !== normal(value),
  );
  if (wanted === undefined) return [];
  const [key, right] = wanted;
  return [
    {
      what: `${file}:${String(line)}`,
      owner: `${name} = ${normal(value)}, ${when.words}`,
      severity: when.severity,
      advice: `Take the line out, or write ${key} = ${right} there.`,
    },
  ];
}

function whenItWins(
  file: string,
  { facts, spec }: LeftoverHost,
): { readonly words: string; readonly severity: Leftover['severity'] } | undefined {
  if (file === '/etc/sysctl.conf')
    return { words: 'when `sysctl --system` or `sysctl -p` is called', severity: 'warning' };
  if (file === '/etc/ufw/sysctl.conf')
    return facts.firewalls.includes('ufw') && spec.firewall !== 'off'
      ? { words: 'when ufw starts', severity: 'error' }
      : undefined;
  return basename(file) > basename(SYSCTL_FILE)
    ? { words: "read after kinit's at boot", severity: 'error' }
    : undefined;
}

/** sysctl.d(5): names with '/' or '.', and patterns. */
function coveredBy(name: string): (key: string) => boolean {
  const set = slashed(name);
  const pattern = new RegExp(
    `^${set
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );
  return (key) => {
    const wanted = slashed(key);
    return pattern.test(wanted) || ALIASES[set] === wanted;
  };
}

function slashed(name: string): string {
  const slashFirst = name.search(/[./]/) >= 0 && name[name.search(/[./]/)] === '/';
  return slashFirst ? name : [...name].map((c) => (c === '.' ? '/' : c === '/' ? '.' : c)).join('');
}

const normal = (value: string): string => value.trim().replaceAll(/\s+/g, ' ');
