import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';

export interface AbsentFileResource extends Resource {
  readonly kind: 'absentFile';
  readonly path: string;
  /** Its folder goes too where nothing else is in it: that it is there means something. */
  readonly withFolder?: true;
}

/** A file, or a link, that is of no use any more. Only for what kinit, or a program that it set up, has written itself: it does not come back at reset. */
export function absentFile(path: string, options: Pick<AbsentFileResource, 'withFolder'> = {}): AbsentFileResource {
  return { kind: 'absentFile', id: `absentFile:${path}`, path, ...options };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const REMOVE = shellScript('./remove.sh', import.meta.url);

export const absentFileKind: ResourceKind<AbsentFileResource, boolean> = {
  kind: 'absentFile',
  describe: { change: 'Deletes', subject: asCode, undone: 'It stays deleted' },
  observe: ({ path }) => sh(OBSERVE, { args: [path] }),
  parse: (_resource, output) => output.trim() === 'there',
  diff: ({ path }, there) =>
    there
      ? { changed: true, change: { action: 'delete', summary: `delete ${path}`, reason: 'it is of no use any more' } }
      : { changed: false, reason: `there is no ${path}` },
  apply: ({ path, withFolder }) => [
    { do: 'script', script: sh(REMOVE, { args: [path, ...(withFolder === true ? ['folder'] : [])] }) },
  ],
};
