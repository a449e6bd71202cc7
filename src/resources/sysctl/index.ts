import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { sysctlPath, sysctlValue } from '../../model/text/sysctl.js';
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
    observe: (parameters) => sh(OBSERVE, { args: parameters.flatMap(({ key }) => [procPath(key), moduleOf(key)]) }),
    parse: (parameters, output) => {
      const lines = output.split('\n');
      return parameters.map(({ key }) => {
        const path = procPath(key);
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
    if (seen.value !== undefined && sysctlValue(seen.value) === sysctlValue(r.value))
      return { changed: false, reason: `${r.key} is ${sysctlValue(r.value)}` };
    const reason = seen.value === undefined ? 'not there' : `is ${sysctlValue(seen.value)}`;
    return { changed: true, change: { action: 'update', summary: `set ${r.key} = ${sysctlValue(r.value)}`, reason } };
  },
  apply: ({ key, value, optional }) => [
    { do: 'script', script: sh(SET, { args: [procPath(key), value, key, optional ? 'yes' : 'no'] }) },
  ],
  undo: undoOf({
    version: 1,
    record: ({ key }: SysctlResource) => ({ save: sh(SAVE, { args: [procPath(key)] }), data: { key } }),
    restore: ({ key }) => sh(RESTORE, { args: [procPath(key)] }),
  }),
};

const procPath = (key: string): string => `/proc/sys/${sysctlPath(key)}`;

/** The module with which a parameter appears, which another resource of the same phase may be about to load; or ''. */
function moduleOf(key: string): string {
  if (key.startsWith('net.bridge.')) return 'br_netfilter';
  if (key.startsWith('net.netfilter.nf_conntrack')) return 'nf_conntrack';
  if (key.startsWith('net.ipv4.vs.')) return 'ip_vs';
  return '';
}

/** Values of several numbers are separated by tabs in /proc/sys. */
