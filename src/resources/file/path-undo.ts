import { undoOf, type Resource, type Undo } from '../../model/resource.js';
import { sh, type ShellScript } from '../../shell/script.js';

/** Undo of kinds that put one thing at a path: `save` keeps what is there, `restore` puts it back; both get the path. */
export function pathUndo<R extends Resource & { readonly path: string }, Seen>(
  save: ShellScript,
  restore: ShellScript,
): Undo<R, Seen> {
  return undoOf({
    version: 1,
    record: ({ path }: R) => ({ save: sh(save, { args: [path] }), data: { path } }),
    restore: ({ path }) => sh(restore, { args: [path] }),
  });
}
