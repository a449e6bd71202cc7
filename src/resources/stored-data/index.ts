import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { rewrite } from './rewrite.js';

/** What the API server stores of some resources begins with the name of the key that writes now. */
export interface StoredDataResource extends Resource {
  readonly kind: 'storedData';
  /** Of the key. */
  readonly key: string;
  /** Of the API, as an EncryptionConfiguration names them: secrets, deployments.apps, *.* */
  readonly resources: readonly string[];
  /** sh texts that read the datastore: a datastore's `beginnings`. */
  readonly scripts: readonly string[];
}

export interface StoredDataSeen {
  readonly all: number;
  readonly left: number;
}

/** All objects of these resources are written anew until the datastore shows none that another key has written. */
export function storedData(options: Omit<StoredDataResource, 'kind' | 'id'>): StoredDataResource {
  return { kind: 'storedData', id: `storedData:${options.key} ${options.resources.join(',')}`, ...options };
}

export const storedDataKind: ResourceKind<StoredDataResource, StoredDataSeen> = {
  kind: 'storedData',
  describe: {
    change: 'Writes objects anew, so that they are stored with the key',
    subject: asCode,
    undone: 'They live and end with the cluster',
  },
  // One that could not be read is none that is as it shall be.
  observe: ({ scripts }) => scripts.map((each) => `${each} || echo left=unknown`).join('\n'),
  parse: (_resource, output) => {
    const sum = (name: string): number =>
      [...output.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].reduce((all, [, text]) => all + Number(text), 0);
    return { all: sum('all'), left: output.includes('left=') ? sum('left') : NaN };
  },
  diff: ({ key, resources }, { all, left }) =>
    left === 0
      ? { changed: false, reason: `${String(all)} objects are stored with ${key}` }
      : {
          changed: true,
          change: {
            action: 'run',
            summary: `write all ${resources.join(', ')} anew`,
            reason: Number.isNaN(left)
              ? 'the datastore could not be read'
              : `${String(left)} of ${String(all)} are not stored with ${key}`,
          },
        },
  apply: ({ resources }) => [
    {
      do: 'call',
      title: `write ${resources.join(', ')} anew`,
      run: async (tools) => rewrite(resources, await tools.api(), tools),
    },
  ],
  unseen: ({ resources }) =>
    `The datastore still has objects that were stored with another key, though all ${resources.join(', ')} were written anew. The old key is kept. Run the same command again; an admission webhook that refuses an object, or an API server with a configuration of its own, keeps it from being written.`,
};
