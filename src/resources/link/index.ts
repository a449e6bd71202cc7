import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { pathUndo } from '../file/path-undo.js';

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

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const APPLY = shellScript('./apply.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const linkKind: ResourceKind<LinkResource, LinkSeen> = {
  kind: 'link',
  describe: {
    change: 'Links',
    subject: asCode,
    undone: 'What was there comes back; where nothing was, it is deleted',
  },
  observe: ({ path }) => sh(OBSERVE, { args: [path] }),
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
  apply: ({ path, target }) => [{ do: 'script', script: sh(APPLY, { args: [path, target] }) }],
  undo: pathUndo(SAVE, RESTORE),
};
