import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseFields, subshell } from '../../shell/statements.js';

export interface SysctlResource extends Resource {
  readonly kind: 'sysctl';
  readonly key: string;
  readonly value: string;
  /** A kernel that does not have it is right as it is. */
  readonly optional: boolean;
}

export interface SysctlSeen {
  /** undefined: the kernel does not have it. */
  readonly value: string | undefined;
  /** Not there now, but a module that can be loaded brings it. */
  readonly comesWithModule: boolean;
}

/** The running value of a kernel parameter. (What it is after a reboot says a file in /etc/sysctl.d.) */
export function sysctl(options: {
  readonly key: string;
  readonly value: string;
  readonly optional?: boolean;
}): SysctlResource {
  return {
    kind: 'sysctl',
    id: `sysctl:${options.key}`,
    key: options.key,
    value: options.value,
    optional: options.optional ?? false,
  };
}

export const sysctlKind: ResourceKind<SysctlResource, SysctlSeen> = {
  kind: 'sysctl',
  describe: { change: 'Sets', subject: asCode, undone: 'The value of before comes back' },
  observe: (r) =>
    subshell(
      `P=${quote(sysctlPath(r.key))}`,
      // cat, not read: dash reads a byte at a time, and /proc/sys answers the first read only.
      'if [ -e "$P" ]; then printf \'value=%s\\n\' "$(cat < "$P")"',
      moduleOf(r.key) === undefined
        ? 'fi'
        : `elif modprobe -nq ${moduleOf(r.key) ?? ''} 2>/dev/null; then echo module=yes; fi`,
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    return { value: fields.get('value'), comesWithModule: fields.has('module') };
  },
  diff: (r, seen) => {
    if (seen.value === undefined && r.optional && !seen.comesWithModule)
      return { changed: false, reason: `this kernel has no ${r.key}` };
    if (seen.value !== undefined && normal(seen.value) === normal(r.value))
      return { changed: false, reason: `${r.key} is ${normal(r.value)}` };
    const reason = seen.value === undefined ? 'not there' : `is ${normal(seen.value)}`;
    return { changed: true, change: { action: 'update', summary: `set ${r.key} = ${normal(r.value)}`, reason } };
  },
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        `P=${quote(sysctlPath(r.key))}`,
        r.optional
          ? '[ -e "$P" ] || exit 0'
          : `[ -e "$P" ] || { echo ${quote(`this kernel has no ${r.key}; the module or kernel option behind it is missing`)} >&2; exit 1; }`,
        `printf '%s\\n' ${quote(r.value)} > "$P" || { echo ${quote(`the kernel does not take ${r.key} = ${r.value} (or /proc/sys is read-only here)`)} >&2; exit 1; }`,
      ),
    },
  ],
  undo: (r) => ({
    save: `P=${quote(sysctlPath(r.key))}\nif [ -e "$P" ]; then cat < "$P" > "$D/value"; fi`,
    restore: `P=${quote(sysctlPath(r.key))}\n[ -e "$D/value" ] && [ -e "$P" ] || exit 0\ncat < "$D/value" > "$P"`,
  }),
};

/** sysctl(8): where the first separator is '.', a '/' in a name stands for a dot (net.ipv4.conf.eth0/100.forwarding). */
function sysctlPath(key: string): string {
  const slashFirst = key.search(/[./]/) >= 0 && key[key.search(/[./]/)] === '/';
  return `/proc/sys/${slashFirst ? key : [...key].map((c) => (c === '.' ? '/' : c === '/' ? '.' : c)).join('')}`;
}

/** Parameters that appear only with their module, which another resource of the same phase may be about to load. */
function moduleOf(key: string): string | undefined {
  if (key.startsWith('net.bridge.')) return 'br_netfilter';
  if (key.startsWith('net.netfilter.nf_conntrack')) return 'nf_conntrack';
  if (key.startsWith('net.ipv4.vs.')) return 'ip_vs';
  return undefined;
}

/** Values of several numbers are separated by tabs in /proc/sys. */
function normal(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}
