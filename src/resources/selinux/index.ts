import { parseFields, subshell } from '../../shell/statements.js';
import type { Resource, ResourceKind } from '../../model/resource.js';
import { sedFile } from '../support/edit.js';

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

const CONFIG = '/etc/selinux/config';
const ENFORCE = '/sys/fs/selinux/enforce';

export const selinuxKind: ResourceKind<SelinuxResource, SelinuxSeen> = {
  kind: 'selinux',
  describe: { change: 'Sets the SELinux mode, now and in `/etc/selinux/config`', undone: 'The old mode comes back' },
  observe: () =>
    subshell(
      `V=; [ ! -r ${ENFORCE} ] || read -r V < ${ENFORCE} || :`,
      'echo "enforce=$V"',
      `[ ! -r ${CONFIG} ] || sed -n 's/^[[:space:]]*SELINUX=[[:space:]]*\\([A-Za-z]*\\).*/stored=\\1/p' ${CONFIG}`,
    ),
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
      change: { action: 'update', summary, reason: `is ${seen.running}, ${seen.stored ?? 'nothing'} in ${CONFIG}` },
    };
  },
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        `V=0; [ ! -r ${ENFORCE} ] || read -r V < ${ENFORCE} || :`,
        `if [ "$V" = 1 ]; then printf 0 > ${ENFORCE} || { echo 'SELinux cannot be made permissive: the kernel refuses it (secure boot lockdown or policy)' >&2; exit 1; }; fi`,
        `if [ -e ${CONFIG} ]; then\n${sedFile(CONFIG, `s/^[[:space:]]*SELINUX=.*/SELINUX=${r.mode}/`)}\nfi`,
      ),
    },
  ],
  undo: (_r, seen) => ({
    // Only the one line goes back: what else a person changes in the file later stays.
    restore: [
      ...(seen.stored === undefined
        ? []
        : [`if [ -e ${CONFIG} ]; then\n${sedFile(CONFIG, `s/^[[:space:]]*SELINUX=.*/SELINUX=${seen.stored}/`)}\nfi`]),
      ...(seen.running === 'enforcing' ? [`if [ -e ${ENFORCE} ]; then printf 1 > ${ENFORCE} || exit 1; fi`] : []),
      'exit 0',
    ].join('\n'),
  }),
};
