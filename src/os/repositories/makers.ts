import type { PackageMirror } from '../../artifacts/mirror.js';
import type { KnownRepository, Whereabouts } from './repository.js';

/** Docker's repositories; below it one per distribution. */
export const DOCKER: Readonly<Record<PackageMirror, string>> = {
  none: 'https://download.docker.com/linux',
  aliyun: 'https://mirrors.aliyun.com/docker-ce/linux',
};
const KUBERNETES: Readonly<Record<PackageMirror, string>> = {
  none: 'https://pkgs.k8s.io/core:/stable:',
  aliyun: 'https://mirrors.aliyun.com/kubernetes-new/core/stable',
};

/** The packages of a minor version of Kubernetes, in one of the two formats. */
export function kubernetesPackages(
  { minor, mirror }: Whereabouts,
  { folder, key }: { readonly folder: 'deb' | 'rpm'; readonly key: string },
): KnownRepository {
  const url = `${KUBERNETES[mirror]}/v${minor}/${folder}/`;
  // As its makers publish it (kubernetes.io/docs/tasks/tools).
  return { url, keyUrl: `${url}${key}`, fingerprint: 'DE15B14486CD377B9E876E1A234654DA9A296436' };
}
