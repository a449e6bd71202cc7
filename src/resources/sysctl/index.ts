import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';

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

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const SET = shellScript('./set.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const sysctlKind: ResourceKind<SysctlResource, SysctlSeen> = {
  kind: 'sysctl',
  describe: { change: 'Sets', subject: asCode, undone: 'The value of before comes back' },
  together: {
    observe: (parameters) => sh(OBSERVE, { args: parameters.flatMap(({ key }) => [sysctlPath(key), moduleOf(key)]) }),
    parse: (parameters, output) => {
      const lines = output.split('\n');
      return parameters.map(({ key }) => {
        const path = sysctlPath(key);
        const values = lines.filter((line) => line.startsWith(`${path}:`)).map((line) => line.slice(path.length + 1));
        return {
          value: values.length === 0 ? undefined : values.join('\n'),
          comesWithModule: lines.includes(`module ${path}`),
        };
      });
    },
  },
  diff: (r, seen) => {
    if (seen.value === undefined && r.optional && !seen.comesWithModule)
      return { changed: false, reason: `this kernel has no ${r.key}` };
    if (seen.value !== undefined && normal(seen.value) === normal(r.value))
      return { changed: false, reason: `${r.key} is ${normal(r.value)}` };
    const reason = seen.value === undefined ? 'not there' : `is ${normal(seen.value)}`;
    return { changed: true, change: { action: 'update', summary: `set ${r.key} = ${normal(r.value)}`, reason } };
  },
  apply: ({ key, value, optional }) => [
    { do: 'script', script: sh(SET, { args: [sysctlPath(key), value, key, optional ? 'yes' : 'no'] }) },
  ],
  undo: undoOf({
    version: 1,
    record: ({ key }: SysctlResource) => ({ save: sh(SAVE, { args: [sysctlPath(key)] }), data: { key } }),
    restore: ({ key }) => sh(RESTORE, { args: [sysctlPath(key)] }),
  }),
};

/** sysctl(8): where the first separator is '.', a '/' in a name stands for a dot (net.ipv4.conf.eth0/100.forwarding). */
function sysctlPath(key: string): string {
  const slashFirst = key.search(/[./]/) >= 0 && key[key.search(/[./]/)] === '/';
  return `/proc/sys/${slashFirst ? key : [...key].map((c) => (c === '.' ? '/' : c === '/' ? '.' : c)).join('')}`;
}

/** The module with which a parameter appears, which another resource of the same phase may be about to load; or ''. */
function moduleOf(key: string): string {
  if (key.startsWith('net.bridge.')) return 'br_netfilter';
  if (key.startsWith('net.netfilter.nf_conntrack')) return 'nf_conntrack';
  if (key.startsWith('net.ipv4.vs.')) return 'ip_vs';
  return '';
}

/** Values of several numbers are separated by tabs in /proc/sys. */
function normal(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}
