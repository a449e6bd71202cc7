import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';

/** A network link that another cluster left, deleted. */
export interface NetworkLinkResource extends Resource {
  readonly kind: 'networkLink';
  readonly name: string;
}

/** A link that shall not be there. */
export function networkLink(options: { readonly name: string }): NetworkLinkResource {
  return { kind: 'networkLink', id: `networkLink:${options.name}`, name: options.name };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const REMOVE = shellScript('./remove.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const networkLinkKind: ResourceKind<NetworkLinkResource, { readonly there: boolean }> = {
  kind: 'networkLink',
  describe: {
    change: 'Deletes network links, with `leftovers: set-aside`: those that another cluster left',
    subject: asCode,
    undone: 'Bridges, dummies and VXLAN links are made again with their addresses; others are told',
  },
  observe: ({ name }) => sh(OBSERVE, { args: [name] }),
  parse: (_r, output) => ({ there: parseFields(output).get('there') === 'yes' }),
  diff: ({ name }, { there }) =>
    there
      ? {
          changed: true,
          change: { action: 'delete', summary: `delete the network link ${name}`, reason: 'another cluster left it' },
        }
      : { changed: false, reason: `there is no link ${name}` },
  apply: ({ name }) => [{ do: 'script', script: sh(REMOVE, { args: [name] }) }],
  undo: undoOf({
    version: 1,
    record: ({ name }: NetworkLinkResource) => ({ save: sh(SAVE, { args: [name] }), data: { name } }),
    restore: ({ name }) => sh(RESTORE, { args: [name] }),
  }),
};
