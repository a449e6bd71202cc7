import { isMember } from '../../model/facts.js';
import type { Resource } from '../../model/resource.js';
import { foldersOf } from '../../phases/index.js';
import { file } from '../../resources/index.js';
import { bringAbout } from '../change/bring-about.js';
import type { LiveHost } from '../session/session.js';
import { caOf } from './ca.js';
import type { ClusterKeys } from './keys-file.js';
import { another, missingOn } from './lost-keys.js';
import { withDatastore, type CareOptions } from './work.js';

export interface PlacedKeys {
  readonly host: string;
  /** What was put there, by absolute path. */
  readonly files: readonly string[];
  /** Whether the host is a node of the cluster of these keys, and only what it had lost was put there. */
  readonly lost: boolean;
}

/**
 * Puts the keys of a cluster on the first control-plane host: where no cluster is all of them, for the next init makes the cluster under
 * them; where their own is, those that no control plane has any more. The others get them from there by the next init.
 * @throws KinitError refused, where another cluster is on the host, or nothing is missing
 */
export function placeKeys(options: CareOptions & { readonly keys: ClusterKeys }): Promise<PlacedKeys> {
  const { keys, emit } = options;
  return withDatastore('datastore restore', options, async ({ leader, members, signal }) => {
    const member = members.find(({ host: { facts } }) => isMember(facts));
    const lost = member !== undefined;
    const { host } = member ?? leader;
    const { name } = host.spec;
    const missing = lost ? missingOn(members, keys) : Object.entries(keys.files);
    if (!lost) refuseOthers(host, keys);
    const files = Object.fromEntries(missing);
    emit({ type: 'progress', host: name, text: 'putting the keys of the cluster there' });
    await bringAbout(host, [...foldersOf(Object.keys(files)), ...filesOf(files)], {
      signal,
      progress: (text) => emit({ type: 'progress', host: name, text }),
    });
    return { host: name, files: Object.keys(files), lost };
  });
}

/** A host that is no node may have what an ended run left of the same cluster. */
function refuseOthers(host: LiveHost, keys: ClusterKeys): void {
  const ca = caOf(host);
  if (ca !== '' && ca !== keys.ca) throw another(host, `its CA has the SHA-256 ${ca}, that of the keys ${keys.ca}`);
}

function filesOf(files: ClusterKeys['files']): readonly Resource[] {
  return Object.entries(files).map(([path, content]) => {
    const isPublic = /\.(?:crt|pub)$/.test(path);
    return file({ path, content, mode: isPublic ? 0o644 : 0o600, secret: !isPublic });
  });
}
