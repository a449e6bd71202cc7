import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { restorePath, savePath } from '../support/saved-path.js';
import { parentOf, parseFields, subshell } from '../../shell/statements.js';

export interface LinkResource extends Resource {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export interface LinkSeen {
  readonly type: 'absent' | 'link' | 'folder' | 'other';
  readonly target: string;
}

/** A symbolic link. */
export function link(options: { readonly path: string; readonly target: string }): LinkResource {
  return { kind: 'link', id: `link:${options.path}`, path: options.path, target: options.target };
}

export const linkKind: ResourceKind<LinkResource, LinkSeen> = {
  kind: 'link',
  describe: {
    change: 'Links',
    subject: asCode,
    undone: 'What was there comes back; where nothing was, it is deleted',
  },
  observe: (r) =>
    subshell(
      `P=${quote(r.path)}`,
      'if [ -L "$P" ]; then echo type=link; printf \'target=%s\\n\' "$(readlink -- "$P")"',
      'elif [ -d "$P" ]; then echo type=folder',
      'elif [ -e "$P" ]; then echo type=other',
      'else echo type=absent; fi',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const type = fields.get('type');
    return {
      type: type === 'link' || type === 'folder' || type === 'other' ? type : 'absent',
      target: fields.get('target') ?? '',
    };
  },
  diff: (r, seen) => {
    if (seen.type === 'link' && seen.target === r.target)
      return { changed: false, reason: `${r.path} points to ${r.target}` };
    const reason =
      seen.type === 'absent'
        ? 'does not exist'
        : seen.type === 'link'
          ? `points to ${seen.target}`
          : `a ${seen.type === 'folder' ? 'directory' : 'file'} is there`;
    return {
      changed: true,
      change: {
        action: seen.type === 'absent' ? 'create' : 'update',
        summary: `link ${r.path} to ${r.target}`,
        reason,
      },
    };
  },
  apply: (r) => [{ do: 'script', script: subshell(makeLink(r.path, r.target)) }],
  undo: (r) => ({ save: savePath(r.path), restore: restorePath(r.path) }),
};

/** sh text that puts a link in place by rename, so that no moment has neither the old nor the new; exits 1 with the reason. */
export function makeLink(path: string, target: string): string {
  return [
    `P=${quote(path)}`,
    `if [ -d "$P" ] && [ ! -L "$P" ]; then echo ${quote(`${path} is a directory; kinit needs a link there. Move it away and run again.`)} >&2; exit 1; fi`,
    `(umask 022; mkdir -p -- ${quote(parentOf(path))}) && rm -f -- "$P.kinit-new" && ln -s -- ${quote(target)} "$P.kinit-new" && mv -f -T -- "$P.kinit-new" "$P" || exit 1`,
  ].join('\n');
}
