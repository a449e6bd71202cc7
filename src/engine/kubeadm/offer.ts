import { parse } from 'yaml';
import { list, text } from '../../cluster/api/json.js';
import {
  controlPlaneJoinCommand,
  createToken,
  deleteToken,
  putControlPlaneFiles,
  recordInCluster,
  withExtraFiles,
  type CreatedToken,
  type CreateToken,
} from '../../cluster/index.js';
import { CLUSTER_CONFIGURATION, controlPlaneOf } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import { readFiles } from '../../facts/index.js';
import { KinitError } from '../../model/error.js';
import type { Spec } from '../../model/spec.js';
import { caCertHash, encryptionStage, newCertificateKey, pkiPair, SERVICE_ACCOUNT_KEYS } from '../../pki/index.js';
import type { RunningCluster } from '../api/with-cluster.js';

export interface OfferedJoin {
  readonly token: CreatedToken;
  /** Holds the token, and the key that the files are encrypted with. Secret. */
  readonly command: string;
}

/**
 * Puts what control planes share into the cluster, and gives the command with which the stock kubeadm joins one.
 * @throws KinitError refused, before anything is put there, where such a join could not work
 */
export async function offerControlPlane(
  cluster: RunningCluster,
  spec: Spec,
  options: Pick<CreateToken, 'ttlSeconds' | 'description'>,
): Promise<OfferedJoin> {
  const { api, endpoint, caPem } = cluster;
  const files = await filesToHandOver(cluster, spec);
  const key = newCertificateKey();
  const token = await createToken(api, options);
  try {
    await putControlPlaneFiles(api, { token, key, files });
  } catch (error) {
    await deleteToken(api, token.id).catch(() => undefined);
    throw error;
  }
  const join = { endpoint, token: `${token.id}.${token.secret}`, caHash: caCertHash(caPem), key };
  return { token, command: controlPlaneJoinCommand(join) };
}

async function filesToHandOver(cluster: RunningCluster, spec: Spec): Promise<Readonly<Record<string, string>>> {
  const { api, leader } = cluster;
  const form = controlPlaneOf(spec);
  if (!form.ofKubeadm)
    throw refused(
      `kubeadm joins no control plane to ${form.title}`,
      'Put the host into the inventory as a control plane: kinit init joins it.',
    );
  const store = datastoreOf(spec);
  if (store.kubeadmFiles === undefined)
    throw refused(
      `kubeadm joins no control plane to a cluster with ${store.title}`,
      'Put the host into the inventory as a control plane: kinit init joins it.',
    );
  const shared = { ...SHARED, ...store.kubeadmFiles };
  missingNone(cluster, Object.values(shared));
  await nothingMoves(cluster);
  const config: unknown = parse(text(await api.get(CLUSTER_CONFIGURATION), 'data', 'ClusterConfiguration') ?? '');
  const extra = list(config, 'apiServer', 'extraVolumes')
    .filter((volume) => text(volume, 'pathType') === 'File')
    .map((volume) => text(volume, 'hostPath') ?? '');
  const found = await readFiles(leader, [...Object.values(shared), ...extra]);
  const named = Object.fromEntries(Object.entries(shared).map(([name, path]) => [name, found[path] ?? '']));
  return withExtraFiles(named, Object.fromEntries(extra.map((path) => [path, found[path] ?? ''])));
}

/** Besides the datastore's, paths by their names in kubeadm's Secret (kubeadm: copycerts.certsToTransfer). */
const SHARED: Readonly<Record<string, string>> = {
  'ca.crt': pkiPair('ca').crt,
  'ca.key': pkiPair('ca').key,
  'front-proxy-ca.crt': pkiPair('front-proxy-ca').crt,
  'front-proxy-ca.key': pkiPair('front-proxy-ca').key,
  'sa.key': SERVICE_ACCOUNT_KEYS.key,
  'sa.pub': SERVICE_ACCOUNT_KEYS.pub,
};

function missingNone({ pki, leader }: RunningCluster, paths: readonly string[]): void {
  const missing = paths.filter((path) => pki[path] === undefined);
  if (missing.length === 0) return;
  throw refused(
    `kubeadm signs what a control plane has with keys that are not on ${leader.host}: ${missing.join(', ')}`,
    'Put the host into the inventory as a control plane: kinit certs requests makes the requests for its certificates, kinit init joins it with the answers.',
  );
}

/** The host would get what is on its way out, or a version that others have left. */
async function nothingMoves({ api, pki, leader }: RunningCluster): Promise<void> {
  const marks = Object.keys(pki).filter((path) => /-(?:next|former)\.(?:crt|key|pub)$/.test(path));
  const replaced = marks.length > 0 || encryptionStage([{ host: leader.host, files: pki }]) !== undefined;
  if (replaced)
    throw refused(
      'a CA or a key of the cluster is being replaced',
      'Go through with it first: kinit certs rotate-ca, kinit certs rotate-keys.',
    );
  const moves = (await recordInCluster(api, leader.host))?.moves ?? [];
  if (moves.some(({ node }) => node === undefined))
    throw refused('the cluster is on its way to another version', 'Go through with it first: kinit upgrade.');
}

const refused = (found: string, hint: string): KinitError =>
  new KinitError('no control plane can be joined by kubeadm; nothing was put into the cluster', {
    class: 'refused',
    found,
    hint,
  });
