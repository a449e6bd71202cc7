import { type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';

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

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const SET = shellScript('./set.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const hostnameKind: ResourceKind<HostnameResource, HostnameSeen> = {
  kind: 'hostname',
  describe: { change: 'Sets the host name, now and in `/etc/hostname`', undone: 'The old name comes back' },
  observe: () => sh(OBSERVE),
  parse: (_r, output) => {
    const fields = parseFields(output);
    return { running: fields.get('running') ?? '', stored: fields.get('stored') ?? '' };
  },
  diff: (r, seen) => {
    if (seen.running === r.name && seen.stored === r.name) return { changed: false, reason: `host name is ${r.name}` };
    const reason = seen.running === r.name ? `/etc/hostname says '${seen.stored}'` : `is ${seen.running}`;
    return { changed: true, change: { action: 'update', summary: `set host name ${r.name}`, reason } };
  },
  apply: ({ name }) => [{ do: 'script', script: sh(SET, { args: [name] }) }],
  undo: undoOf({ version: 1, record: () => ({ save: sh(SAVE), data: {} }), restore: () => sh(RESTORE) }),
};
