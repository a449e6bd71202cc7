import { basename } from 'node:path/posix';
import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import { sysctlCovers, sysctlValue } from '../../model/text/sysctl.js';
import { SYSCTL_FILE, sysctlsFor } from '../../phases/host/sysctls.js';

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
  const covers = sysctlCovers(name);
  const wanted = Object.entries(sysctlsFor(host.spec)).find(
    ([key, right]) => covers(key) && sysctlValue(right) !== sysctlValue(value),
  );
  if (wanted === undefined) return [];
  const [key, right] = wanted;
  return [
    {
      what: `${file}:${String(line)}`,
      owner: `${name} = ${sysctlValue(value)}, ${when.words}`,
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
