import { quote } from '../../shell/quote.js';
import type { Resource, ResourceKind } from '../../model/resource.js';
import { restorePath, savePath } from '../support/saved-path.js';
import { parseFields, subshell } from '../../shell/statements.js';

export interface HostnameResource extends Resource {
  readonly kind: 'hostname';
  readonly name: string;
}

export interface HostnameSeen {
  readonly running: string;
  /** What /etc/hostname says: the name after the next boot. */
  readonly stored: string;
}

/** The machine's host name, now and after a reboot. */
export function hostname(options: { readonly name: string }): HostnameResource {
  return { kind: 'hostname', id: 'hostname', name: options.name };
}

export const hostnameKind: ResourceKind<HostnameResource, HostnameSeen> = {
  kind: 'hostname',
  describe: { change: 'Sets the host name, now and in `/etc/hostname`', undone: 'The old name comes back' },
  observe: () =>
    subshell(
      'R=; S=; read -r R < /proc/sys/kernel/hostname; [ ! -r /etc/hostname ] || read -r S < /etc/hostname; printf \'running=%s\\nstored=%s\\n\' "$R" "$S"',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    return { running: fields.get('running') ?? '', stored: fields.get('stored') ?? '' };
  },
  diff: (r, seen) => {
    if (seen.running === r.name && seen.stored === r.name) return { changed: false, reason: `host name is ${r.name}` };
    const reason = seen.running === r.name ? `/etc/hostname says '${seen.stored}'` : `is ${seen.running}`;
    return { changed: true, change: { action: 'update', summary: `set host name ${r.name}`, reason } };
  },
  apply: (r) => [
    {
      do: 'script',
      // hostnamectl needs D-Bus, which minimal hosts lack; what it does is done by hand then.
      script: subshell(
        `N=${quote(r.name)}`,
        'timeout 15 hostnamectl set-hostname -- "$N" > /dev/null 2>&1 || true',
        'read -r S 2>/dev/null < /etc/hostname || S=',
        '[ "$S" = "$N" ] || { T=/etc/hostname.kinit-new; printf \'%s\\n\' "$N" > "$T" && chmod 644 "$T" && sync -- "$T" && { mv -f -T -- "$T" /etc/hostname 2>/dev/null || { cat < "$T" > /etc/hostname && rm -f -- "$T"; }; }; } || exit 1',
        'read -r R < /proc/sys/kernel/hostname',
        '[ "$R" = "$N" ] || printf \'%s\\n\' "$N" > /proc/sys/kernel/hostname',
      ),
    },
  ],
  undo: () => ({
    save: [savePath('/etc/hostname'), 'cat < /proc/sys/kernel/hostname > "$D/running"'].join('\n'),
    restore: [
      'read -r N < "$D/running"',
      'timeout 15 hostnamectl set-hostname -- "$N" > /dev/null 2>&1 || true',
      'printf \'%s\\n\' "$N" > /proc/sys/kernel/hostname || exit 1',
      restorePath('/etc/hostname'),
    ].join('\n'),
  }),
};
