import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { restoreUserBackups, saveUserBackups } from './backups.js';
import { HOST_PATH, subshell } from '../../shell/statements.js';

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

export const userKind: ResourceKind<UserResource, UserSeen> = {
  kind: 'user',
  describe: {
    change: 'Creates the system user and group',
    subject: asCode,
    undone: 'Deleted, where they were not there before',
  },
  observe: (r) =>
    subshell(
      `getent passwd ${quote(r.name)} > /dev/null && echo user; getent group ${quote(r.name)} > /dev/null && echo group; :`,
    ),
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
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        HOST_PATH,
        `N=${quote(r.name)}`,
        'getent group "$N" > /dev/null || groupadd --system -- "$N" || exit 1',
        `getent passwd "$N" > /dev/null || useradd --system --gid "$N" --home-dir ${quote(r.home)} --no-create-home --shell ${quote(r.shell)} -- "$N"`,
      ),
    },
  ],
  undo: (r) => ({
    save: [
      ...saveUserBackups,
      `N=${quote(r.name)}`,
      'getent passwd "$N" > /dev/null || : > "$D/no-user"',
      'getent group "$N" > /dev/null || : > "$D/no-group"',
    ].join('\n'),
    restore: [
      `N=${quote(r.name)}`,
      'if [ -e "$D/no-user" ] && getent passwd "$N" > /dev/null; then userdel -- "$N" || exit 1; fi',
      // userdel takes an empty private group along on most hosts.
      'if [ -e "$D/no-group" ] && getent group "$N" > /dev/null; then groupdel -- "$N" || exit 1; fi',
      ...restoreUserBackups,
    ].join('\n'),
  }),
};
