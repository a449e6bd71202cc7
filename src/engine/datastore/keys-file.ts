import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readFiles } from '../../facts/index.js';
import { KinitError } from '../../model/error.js';
import { ENCRYPTION_CONFIG_PATH, PKI_DIR } from '../../pki/index.js';
import type { LiveHost } from '../session/session.js';
import { caOf } from './ca.js';

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
