import { sha256Hex } from '../../../model/text/digest.js';
import { asCode, type Resource, type ResourceKind } from '../../../model/resource.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { KeptManifest } from '../../datastore.js';
import { KEPT } from './birth.js';

const OBSERVE = shellScript('./kept.sh', import.meta.url);
const STATE = 'initial-cluster-state';

/** The member on this host, which began the cluster, never begins another one. */
export interface EtcdKeptResource extends Resource {
  readonly kind: 'etcdKept';
  readonly name: string;
  readonly manifest: KeptManifest;
}

export const etcdKept = (name: string, manifest: KeptManifest): EtcdKeptResource => ({
  kind: 'etcdKept',
  id: `etcdKept:${name}`,
  name,
  manifest,
});

/**
 * A member that begins with `new` and finds no data (its disk is lost, or not mounted) begins an empty cluster, and its API server answers from that,
 * whatever the other members have. With `existing`, and nobody named whom it could ask, it ends
 * (etcd: server/etcdserver bootstrapExistingClusterNoWAL). Those that were added to others begin with that.
 */
export const etcdKeptKind: ResourceKind<EtcdKeptResource, { readonly state: string | undefined }> = {
  kind: 'etcdKept',
  describe: {
    change: 'Has the member of etcd that began the cluster begin no other one where its data are lost:',
    subject: asCode,
    undone: 'Its manifest goes with the others',
  },
  observe: ({ manifest }) => sh(OBSERVE, { args: [manifest.path] }),
  parse: (_resource, output) => ({ state: /^state=(.*)$/m.exec(output)?.[1] }),
  diff: ({ name }, { state }) =>
    state === KEPT[STATE]
      ? { changed: false, reason: 'it begins no cluster of its own' }
      : {
          changed: true,
          change: {
            action: 'update',
            summary: `let the etcd of ${name} begin no cluster of its own any more`,
            reason: 'without its data it would begin an empty one, and the others have theirs',
          },
        },
  apply: ({ manifest: { incoming, content, script } }) => {
    const bytes = Buffer.from(content, 'utf8');
    const owner = { owner: 'root', group: 'root', mode: 0o600 };
    return [
      { do: 'upload', files: [{ path: incoming, content: { bytes }, ...owner, sha256: sha256Hex(content) }] },
      { do: 'script', script },
    ];
  },
};
