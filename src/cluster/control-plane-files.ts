import type { ClusterApi, KubeObject } from '../model/api.js';
import { encryptedWith, NODE_BOOTSTRAP_GROUP } from '../pki/index.js';
import { role, roleBinding } from '../templates/objects.js';
import { refOf } from './api/client.js';
import { joinCommand, type CreatedToken } from './tokens.js';

/** What all control planes share, by its name in kubeadm's Secret (kubeadm: copycerts.certsToTransfer). Secret. */
export type SharedFiles = Readonly<Record<string, string>>;

/** Where kubeadm writes the one that brings the others along. */
const CARRIER = { name: 'sa.key', path: '/etc/kubernetes/pki/sa.key' } as const;
const MARK = '# kinit: ';

/**
 * Puts them into the cluster as `kubeadm init phase upload-certs` does, encrypted, with the role by which a token may read them. All
 * of it is the token's, and goes when that ends or is deleted. What an earlier call put there is replaced.
 */
export async function putControlPlaneFiles(
  api: ClusterApi,
  { token, key, files }: { readonly token: CreatedToken; readonly key: string; readonly files: SharedFiles },
): Promise<void> {
  const rule = { apiGroups: [''], resources: ['secrets'], resourceNames: ['kubeadm-certs'], verbs: ['get'] };
  const objects: readonly KubeObject[] = [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'kubeadm-certs', namespace: 'kube-system' },
      data: Object.fromEntries(
        Object.entries(files).map(([name, text]) => [name, encryptedWith(key, text).toString('base64')]),
      ),
    },
    role(ROLE, 'kube-system', [rule]),
    roleBinding(ROLE, 'kube-system', ROLE, { kind: 'Group', name: NODE_BOOTSTRAP_GROUP }),
  ];
  for (const object of objects) {
    // Another token is the owner of an earlier one.
    await api.delete(refOf(object));
    await api.apply(owned(object, token));
  }
}

const ROLE = 'kubeadm:kubeadm-certs';

function owned(object: KubeObject, { id, uid }: CreatedToken): KubeObject {
  const owner = { apiVersion: 'v1', kind: 'Secret', name: `bootstrap-token-${id}`, uid };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [{ ...owner, controller: true }] } };
}

/**
 * With what the API server reads besides, which kubeadm does not bring: it stands in lines before a key. Readers of PEM skip them, kubeadm
 * among them, which writes the key as it came. @param extra texts by path
 */
export function withExtraFiles(files: SharedFiles, extra: Readonly<Record<string, string>>): SharedFiles {
  const lines = Object.entries(extra).map(
    ([path, text]) => `${MARK}${path} ${Buffer.from(text, 'utf8').toString('base64')}\n`,
  );
  return { ...files, [CARRIER.name]: lines.join('') + (files[CARRIER.name] ?? '') };
}

/** sh text that writes those files from such a key, and leaves the key alone in its file. Without single quotes, so that it can be quoted. */
export function unpackCommand(carrier: string = CARRIER.path): string {
  const write = `while read -r path text; do echo "$text" | base64 -d > "$path" || exit; done`;
  return `sed -n "s/^${MARK}//p" ${carrier} | (umask 077; ${write}) && sed -i "/^${MARK}/d" ${carrier}`;
}

/** What to type on a prepared host. Holds the token and the key: for a person's eyes only. */
export function controlPlaneJoinCommand(options: Parameters<typeof joinCommand>[0] & { readonly key: string }): string {
  const join = joinCommand(options);
  const download = join.replace(/^kubeadm join/, 'kubeadm join phase control-plane-prepare download-certs');
  return [
    `${download} --control-plane --certificate-key ${options.key}`,
    unpackCommand(),
    `${join} --control-plane`,
  ].join(' && ');
}
