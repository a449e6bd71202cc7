import { asCode, undoOf, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

export interface SetAsideResource extends Resource {
  readonly kind: 'setAside';
  readonly path: string;
  /** Whose it is, for people; may be empty. */
  readonly owner: string;
  /** The cluster makes one there itself: undo takes that away. Otherwise what is there by then is somebody's, and is told. */
  readonly remade: boolean;
}

/** Where it lies until reset: below this by its own path. */
const STORE = `${STATE_DIR}/set-aside`;
/** Another file system may take a copy, of a datastore's files too. */
const TIMEOUT_SECONDS = 600;

/** Something at a path that another tool left there, moved out of the cluster's way. Of a mount point or a link to a folder the contents. */
export function setAside(options: {
  readonly path: string;
  readonly owner?: string;
  readonly remade?: boolean;
}): SetAsideResource {
  return {
    kind: 'setAside',
    id: `setAside:${options.path}`,
    path: options.path,
    owner: options.owner ?? '',
    remade: options.remade ?? false,
  };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const MOVE = shellScript('./move.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const setAsideKind: ResourceKind<SetAsideResource, { readonly there: boolean }> = {
  kind: 'setAside',
  describe: {
    change: `Moves below \`${STORE}\`, with \`leftovers: set-aside\`: what another cluster or tool left`,
    subject: asCode,
    undone: 'It comes back as it was',
  },
  observe: ({ path }) => sh(OBSERVE, { args: [path] }),
  parse: (_r, output) => ({ there: parseFields(output).get('there') === 'yes' }),
  diff: ({ path, owner }, { there }) =>
    there
      ? {
          changed: true,
          change: {
            action: 'delete',
            summary: `set ${path} aside`,
            reason: `another tool left it${owner === '' ? '' : ` (${owner})`}`,
          },
        }
      : { changed: false, reason: `${path} is not there` },
  apply: ({ path }) => [{ do: 'script', script: sh(MOVE, { args: [path, STORE] }), silenceSeconds: TIMEOUT_SECONDS }],
  undo: undoOf({
    version: 1,
    record: ({ path, remade }: SetAsideResource) => ({ save: sh(SAVE, { args: [path] }), data: { path, remade } }),
    restore: ({ path, remade }) => sh(RESTORE, { args: [path, STORE, remade ? 'yes' : 'no'] }),
  }),
  unseen: ({ path }) => `Something writes ${path} anew: stop what does, then run the same command again.`,
};
