import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { decrypted, type StoredDataSeen } from './decrypted.js';
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

/** All objects of these resources are written anew until the datastore shows none that another key has written. */
export function storedData(options: Omit<StoredDataResource, 'kind' | 'id'>): StoredDataResource {
  return { kind: 'storedData', id: `storedData:${options.key} ${options.resources.join(',')}`, ...options };
}

const DESCRIBE = {
  change: 'Writes objects anew, so that they are stored with the key',
  subject: asCode,
  undone: 'They live and end with the cluster',
};

export const storedDataKind: ResourceKind<StoredDataResource, StoredDataSeen> = {
  kind: 'storedData',
  describe: DESCRIBE,
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

/** The same, seen by what the API server decrypts: of a datastore that nothing on a host can read. */
export interface ServedDataResource extends Resource {
  readonly kind: 'servedData';
  readonly key: string;
  readonly resources: readonly string[];
}

export function servedData(options: Omit<ServedDataResource, 'kind' | 'id'>): ServedDataResource {
  return { kind: 'servedData', id: `servedData:${options.key} ${options.resources.join(',')}`, ...options };
}

export const servedDataKind: ResourceKind<ServedDataResource, StoredDataSeen> = {
  kind: 'servedData',
  describe: DESCRIBE,
  observeCall: async ({ key, resources }, tools) => decrypted(resources, key, await tools.api(), tools),
  diff: (resource, seen) => storedDataKind.diff(asStored(resource), seen),
  apply: (resource, seen) => storedDataKind.apply(asStored(resource), seen),
  unseen: ({ resources }) =>
    `The API server still reads objects that were stored with another key, though all ${resources.join(', ')} were written anew. The old key is kept. Run the same command again: it counts also what others read meanwhile, and begins anew when it is started again.`,
};

const asStored = ({ key, resources }: ServedDataResource): StoredDataResource =>
  storedData({ key, resources, scripts: [] });
