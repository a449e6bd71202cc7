import { dirname } from 'node:path/posix';
import { isMember } from '../../model/facts.js';
import type { Node, Phase } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { absentFile, directory, file, link } from '../../resources/index.js';
import {
  KUBELET_CLIENT_CURRENT,
  KUBELET_CLIENT_FIRST,
  KUBELET_CONF,
  PKI_DIR,
  pkiPair,
  ROOT_KUBECONFIG,
} from '../../pki/index.js';

/** Workers get it when they join: `kubeadm join`, which may do that too, wants to write it itself. */
export const CLUSTER_CA = pkiPair('ca').crt;

/** Certificates, keys and kubeconfigs. What is on the host already was reused when they were planned. */
export const pki: Phase = {
  id: 'pki',
  title: 'Certificates, keys and kubeconfigs',
  appliesTo: () => true,
  resources: ({ material, node }) => {
    const mine = material[node.spec.name] ?? {};
    return [
      ...foldersOf(Object.keys(mine)),
      directory({ path: '/var/lib/kubelet', mode: 0o750, removeContents: true }),
      directory({ path: '/var/lib/kubelet/pki', mode: 0o750, removeContents: true }),
      ...(mine[ROOT_KUBECONFIG] === undefined
        ? []
        : [directory({ path: dirname(ROOT_KUBECONFIG), mode: 0o700, keepExisting: true })]),
      // Before the files: a run that ends in between must not leave a kubelet.conf that points at nothing.
      ...(mine[KUBELET_CLIENT_FIRST] === undefined
        ? []
        : [link({ path: KUBELET_CLIENT_CURRENT, target: KUBELET_CLIENT_FIRST })]),
      ...Object.entries(mine)
        .filter(([path, { gone }]) => gone !== true && (node.isControlPlane || !comesWithJoin(path, node)))
        .map(([path, { content, mode, because }]) => file({ path, content, mode, because, secret: mode === 0o600 })),
      // Last: as long as they are there, a run that is taken up knows how far it was.
      ...Object.entries(mine).flatMap(([path, { gone }]) => (gone === true ? [absentFile(path)] : [])),
    ];
  },
};

/** A worker is a node as soon as its kubelet has a kubeconfig: one of which that was made beforehand gets it when it joins. */
function comesWithJoin(path: string, { facts }: Node): boolean {
  return path === CLUSTER_CA || (path === KUBELET_CONF && !isMember(facts));
}

/** What these files lie in. All that comes into it is the cluster's. */
export function foldersOf(files: readonly string[]): readonly Resource[] {
  return [
    directory({ path: '/etc/kubernetes', mode: 0o755, removeContents: true }),
    directory({ path: PKI_DIR, mode: 0o755 }),
    ...foldersBelow(PKI_DIR, files).map((path) => directory({ path, mode: 0o755 })),
  ];
}

/** Of a CA that keeps its files in a folder of its own. */
function foldersBelow(folder: string, files: readonly string[]): string[] {
  return [...new Set(files.map((path) => dirname(path)))].filter((path) => path.startsWith(`${folder}/`));
}
