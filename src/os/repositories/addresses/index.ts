import { undoOf, type Resource, type ResourceKind } from '../../../model/resource.js';
import { parseList } from '../../../shell/output.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { Exchange } from '../repository.js';

export interface RepositoryAddressesResource extends Resource {
  readonly kind: 'repository-addresses';
  readonly exchanges: readonly Exchange[];
  /** Shell patterns of files. */
  readonly sources: readonly string[];
}

export interface RepositoryAddressesSeen {
  /** Files in which something has to change. */
  readonly files: readonly string[];
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const EXCHANGE = shellScript('./exchange.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

/** The distribution's own sources, with other addresses in the place of official ones; all else in them stays. */
export function repositoryAddresses(
  exchanges: readonly Exchange[],
  sources: readonly string[],
): RepositoryAddressesResource {
  return { kind: 'repository-addresses', id: 'repository-addresses:distribution', exchanges, sources };
}

export const repositoryAddressesKind: ResourceKind<RepositoryAddressesResource, RepositoryAddressesSeen> = {
  kind: 'repository-addresses',
  describe: {
    change: "Puts a mirror's addresses in the place of the official ones in the package sources of the distribution",
    undone: 'The files come back as they were',
  },
  observe: ({ exchanges, sources }) => sh(OBSERVE, { args: [programOf(exchanges), ...sources] }),
  parse: (_r, output) => ({ files: parseList(output, 'file') }),
  diff: ({ exchanges }, { files }) => {
    if (files.length === 0) return { changed: false, reason: 'no official address is in the sources of packages' };
    const by = [...new Set(exchanges.map((exchange) => exchange.by))].join(', ');
    const official = [...new Set(exchanges.map((exchange) => exchange.official))].join(', ');
    return {
      changed: true,
      change: {
        action: 'update',
        summary: `take packages of the distribution from ${by}: ${files.join(', ')}`,
        reason: `an official address is there (of ${official})`,
      },
    };
  },
  apply: ({ exchanges }, { files }) => [
    { do: 'script', script: sh(EXCHANGE, { args: [programOf(exchanges), ...files] }) },
  ],
  undo: undoOf({
    version: 1,
    record: (_r: RepositoryAddressesResource, { files }: RepositoryAddressesSeen) => ({
      save: sh(SAVE, { args: files }),
      data: { files },
    }),
    restore: ({ files }) => sh(RESTORE, { args: files }),
  }),
};

function programOf(exchanges: readonly Exchange[]): string {
  return exchanges.map(({ program }) => program).join('; ');
}
