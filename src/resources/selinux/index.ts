import { type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';

export interface SelinuxResource extends Resource {
  readonly kind: 'selinux';
  /** 'disabled' is permissive until the next boot: a running kernel cannot switch SELinux off. */
  readonly mode: 'disabled' | 'permissive';
}

export interface SelinuxSeen {
  readonly running: 'enforcing' | 'permissive' | 'disabled';
  /** SELINUX= of /etc/selinux/config; undefined where there is no such file. */
  readonly stored: string | undefined;
}

/** SELinux not in the way, now and after a reboot. */
export function selinux(options: { readonly mode: 'disabled' | 'permissive' }): SelinuxResource {
  return { kind: 'selinux', id: 'selinux', mode: options.mode };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const SET_MODE = shellScript('./set-mode.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const selinuxKind: ResourceKind<SelinuxResource, SelinuxSeen> = {
  kind: 'selinux',
  describe: { change: 'Sets the SELinux mode, now and in `/etc/selinux/config`', undone: 'The old mode comes back' },
  observe: () => sh(OBSERVE),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const enforce = fields.get('enforce')?.trim();
    return {
      running: enforce === '1' ? 'enforcing' : enforce === '0' ? 'permissive' : 'disabled',
      stored: fields.get('stored')?.toLowerCase(),
    };
  },
  diff: (r, seen) => {
    if (seen.running === 'disabled' && seen.stored === undefined)
      return { changed: false, reason: 'this host has no SELinux' };
    const storedIsRight = seen.stored === undefined || seen.stored === r.mode || seen.stored === 'disabled';
    if (seen.running !== 'enforcing' && storedIsRight) {
      return {
        changed: false,
        reason:
          seen.running === r.mode
            ? `SELinux is ${r.mode}`
            : `SELinux is ${seen.running} now and ${seen.stored ?? 'not configured'} after the next boot`,
      };
    }
    const summary =
      r.mode === 'disabled'
        ? 'disable SELinux (permissive now, disabled after the next boot)'
        : 'make SELinux permissive';
    return {
      changed: true,
      change: {
        action: 'update',
        summary,
        reason: `is ${seen.running}, ${seen.stored ?? 'nothing'} in /etc/selinux/config`,
      },
    };
  },
  apply: ({ mode }) => [{ do: 'script', script: sh(SET_MODE, { args: [mode] }) }],
  undo: undoOf({
    version: 1,
    record: (_r, { stored = '', running }: SelinuxSeen) => ({ data: { stored, enforcing: running === 'enforcing' } }),
    restore: ({ stored, enforcing }) => sh(RESTORE, { args: [stored, enforcing ? 'yes' : 'no'] }),
  }),
};
