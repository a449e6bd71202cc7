import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';

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

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const LOAD = shellScript('./load.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const kernelModuleKind: ResourceKind<KernelModuleResource, KernelModuleSeen> = {
  kind: 'kernel-module',
  describe: {
    change: 'Loads the kernel modules',
    subject: asCode,
    undone: 'Unloaded, where they were not loaded before and nothing uses them',
  },
  observe: ({ name }) => sh(OBSERVE, { args: [name] }),
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
  apply: ({ name }) => [{ do: 'script', script: sh(LOAD, { args: [name] }) }],
  undo: undoOf({
    version: 1,
    record: ({ name }: KernelModuleResource, seen: KernelModuleSeen) => ({
      ...(seen === 'loaded' || seen === 'built-in' ? {} : { save: sh(SAVE) }),
      data: { name },
    }),
    restore: ({ name }) => sh(RESTORE, { args: [name] }),
  }),
};
