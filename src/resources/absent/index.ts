import { quote } from '../../shell/quote.js';
import type { Resource, ResourceKind } from '../../model/resource.js';
import { restorePath, savePath } from '../support/saved-path.js';
import { subshell } from '../../shell/statements.js';

export interface AbsentResource extends Resource {
  readonly kind: 'absent';
  readonly path: string;
}

/** A file or link that must not be there. A directory is never deleted: the change fails. */
export function absent(options: { readonly path: string }): AbsentResource {
  return { kind: 'absent', id: `absent:${options.path}`, path: options.path };
}

export const absentKind: ResourceKind<AbsentResource, { readonly exists: boolean }> = {
  kind: 'absent',
  observe: (r) => subshell(`P=${quote(r.path)}`, 'if [ -e "$P" ] || [ -L "$P" ]; then echo there; fi'),
  parse: (_r, output) => ({ exists: output.trim() === 'there' }),
  diff: (r, seen) =>
    seen.exists
      ? { changed: true, change: { action: 'delete', summary: `remove ${r.path}`, reason: 'exists' } }
      : { changed: false, reason: `${r.path} does not exist` },
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        `P=${quote(r.path)}`,
        `if [ -d "$P" ] && [ ! -L "$P" ]; then echo ${quote(`${r.path} is a directory; kinit removes only files there. Move it away and run again.`)} >&2; exit 1; fi`,
        'rm -f -- "$P"',
      ),
    },
  ],
  undo: (r) => ({ save: savePath(r.path), restore: restorePath(r.path) }),
};
