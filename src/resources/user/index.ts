import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';

export interface UserResource extends Resource {
  readonly kind: 'user';
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

export interface UserSeen {
  readonly user: boolean;
  readonly group: boolean;
}

/** A system user with a group of the same name. One that is there already is taken as it is. */
export function user(options: { readonly name: string; readonly home: string; readonly shell: string }): UserResource {
  return { kind: 'user', id: `user:${options.name}`, name: options.name, home: options.home, shell: options.shell };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const CREATE = shellScript('./create.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const userKind: ResourceKind<UserResource, UserSeen> = {
  kind: 'user',
  describe: {
    change: 'Creates the system user and group',
    subject: asCode,
    undone: 'Deleted, where they were not there before',
  },
  observe: ({ name }) => sh(OBSERVE, { args: [name] }),
  parse: (_r, output) => {
    const words = output.split(/\s+/);
    return { user: words.includes('user'), group: words.includes('group') };
  },
  diff: (r, seen) => {
    if (seen.user && seen.group) return { changed: false, reason: `user and group ${r.name} exist` };
    const missing = [...(seen.user ? [] : ['user']), ...(seen.group ? [] : ['group'])].join(' and ');
    return {
      changed: true,
      change: { action: 'create', summary: `create system ${missing} ${r.name}`, reason: 'does not exist' },
    };
  },
  apply: ({ name, home, shell }) => [{ do: 'script', script: sh(CREATE, { args: [name, home, shell] }) }],
  undo: undoOf({
    version: 1,
    record: ({ name }: UserResource) => ({ save: sh(SAVE, { args: [name] }), data: { name } }),
    restore: ({ name }) => sh(RESTORE, { args: [name] }),
  }),
};
