import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readFiles } from '../../facts/index.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import type { Resource } from '../../model/resource.js';
import { foldersOf } from '../../phases/index.js';
import { ENCRYPTION_CONFIG_PATH, PKI_DIR } from '../../pki/index.js';
import { file } from '../../resources/index.js';
import { bringAbout } from '../change/bring-about.js';
import type { LiveHost } from '../session/session.js';
import { caOf } from './ca.js';
import { another, missingOn } from './lost-keys.js';
import { withDatastore, type CareOptions } from './work.js';

/** By kubeadm's names: pairs of authorities, and the key pair of service accounts; in its folder and those below, nowhere else. */
const KEPT = new RegExp(`^${PKI_DIR}/(?:[a-z0-9-]+/)*(?:[a-z-]*ca\\.(?:crt|key)|sa\\.(?:key|pub))$`);

const isKept = (path: string): boolean => path === ENCRYPTION_CONFIG_PATH || KEPT.test(path);

/** What a cluster is made again from: its CAs, its key for service accounts, and the one for secrets at rest. Secret, all of it. */
const keysSchema = z.object({
  /** Layout of the file. */
  kinitKeys: z.literal(1),
  /** Name in the inventory. */
  cluster: z.string(),
  /** SHA-256 of the cluster's CA certificate, as backups name it. */
  ca: z.string(),
  /** Texts by their absolute paths on a control-plane host, where root writes them: no others are taken. */
  files: z.record(z.string().refine(isKept), z.string()),
});
export type ClusterKeys = z.output<typeof keysSchema>;

/** Reads them from a control-plane host. */
export async function keysOf(host: LiveHost, cluster: string): Promise<ClusterKeys> {
  const paths = Object.keys(host.facts.kubernetes.pki).filter(isKept);
  return { kinitKeys: 1, cluster, ca: caOf(host), files: await readFiles(host.connection, paths.sort()) };
}

/** Keys that `kinit datastore backup --keys` wrote. @throws KinitError usage, for a file that is none */
export async function openKeys(file: string): Promise<ClusterKeys> {
  const hint = 'Name a file that kinit datastore backup --keys wrote.';
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new KinitError(`${file} cannot be read`, { class: 'access', found, hint, cause });
  }
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch {
    // What is wrong in it is not told: it is secret.
    throw new KinitError(`${file} has no keys of a cluster; nothing was changed`, { class: 'usage', hint });
  }
}

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
