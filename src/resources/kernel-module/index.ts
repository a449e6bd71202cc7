import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { subshell } from '../../shell/statements.js';

export interface KernelModuleResource extends Resource {
  readonly kind: 'kernel-module';
  /** With '_' or '-'; both name the same module. */
  readonly name: string;
  /** False: a kernel without it is right as it is. */
  readonly required: boolean;
}

export type KernelModuleSeen = 'loaded' | 'built-in' | 'loadable' | 'absent';

/** A kernel module, loaded or built in. (That it is loaded after a reboot says a file in /etc/modules-load.d.) */
export function kernelModule(options: { readonly name: string; readonly required: boolean }): KernelModuleResource {
  const name = options.name.replaceAll('-', '_');
  return { kind: 'kernel-module', id: `kernel-module:${name}`, name, required: options.required };
}

export const kernelModuleKind: ResourceKind<KernelModuleResource, KernelModuleSeen> = {
  kind: 'kernel-module',
  describe: {
    change: 'Loads the kernel modules',
    subject: asCode,
    undone: 'Unloaded, where they were not loaded before and nothing uses them',
  },
  observe: (r) =>
    subshell(
      `M=${quote(r.name)}`,
      'if grep -q "^$M " /proc/modules 2>/dev/null; then echo loaded',
      `elif ${isBuiltIn(r.name)}; then echo built-in`,
      'elif modprobe -nq -- "$M" 2>/dev/null; then echo loadable',
      'else echo absent; fi',
    ),
  parse: (_r, output) => {
    const word = output.trim();
    return word === 'loaded' || word === 'built-in' || word === 'loadable' ? word : 'absent';
  },
  diff: (r, seen) => {
    if (seen === 'loaded' || seen === 'built-in')
      return { changed: false, reason: `${r.name} is ${seen === 'loaded' ? 'loaded' : 'built into the kernel'}` };
    if (seen === 'absent' && !r.required)
      return { changed: false, reason: `this kernel has no ${r.name}, and it is not needed` };
    return {
      changed: true,
      change: {
        action: 'run',
        summary: `load kernel module ${r.name}`,
        reason: seen === 'absent' ? 'not loaded, and modprobe does not find it' : 'not loaded',
      },
    };
  },
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        `M=${quote(r.name)}`,
        `command -v modprobe > /dev/null || { echo ${quote(`cannot load ${r.name}: modprobe is not installed (package kmod)`)} >&2; exit 1; }`,
        `modprobe -- "$M" || { echo ${quote(`the kernel module ${r.name} cannot be loaded; it is not in /lib/modules of the running kernel (after a kernel update: reboot first)`)} >&2; exit 1; }`,
      ),
    },
  ],
  undo: (r, seen) => ({
    ...(seen === 'loaded' || seen === 'built-in' ? {} : { save: ': > "$D/not-loaded"' }),
    // In a container the kernel is the machine's: others on it may use the module by now.
    restore: `[ ! -e "$D/not-loaded" ] || systemd-detect-virt -cq 2>/dev/null || modprobe -r -- ${quote(r.name)} 2>/dev/null || true`,
  }),
};

/**
 * /sys/module shows built-in modules only where they have parameters, and modules.builtin is missing where /lib/modules
 * is (containers, custom kernels), so some are known by what they bring.
 */
function isBuiltIn(name: string): string {
  const evidence = EVIDENCE[name];
  const pattern = `/${name.replaceAll('_', '[-_]')}\\.ko`;
  return [
    '[ -d "/sys/module/$M" ]',
    `grep -q ${quote(pattern)} "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null`,
    ...(evidence === undefined ? [] : [evidence]),
  ].join(' || ');
}

const EVIDENCE: Readonly<Record<string, string>> = {
  overlay: 'grep -qw overlay /proc/filesystems',
  br_netfilter: '[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]',
  nf_conntrack: '[ -e /proc/sys/net/netfilter/nf_conntrack_max ] || [ -e /proc/net/nf_conntrack ]',
  ip_vs: '[ -e /proc/net/ip_vs ]',
  ip_tables: '[ -e /proc/net/ip_tables_names ]',
  ip6_tables: '[ -e /proc/net/ip6_tables_names ]',
};
