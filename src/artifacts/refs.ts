import type { ArtifactSet, ImageRefs } from '../model/artifact.js';
import { KinitError } from '../model/error.js';

export type Mirror = 'none' | 'aliyun' | 'daocloud';

/** Tags that kubeadm of each minor version expects (cmd/kubeadm/app/constants: DefaultEtcdVersion, CoreDNSVersion, PauseVersion). */
const KUBEADM_TAGS: Readonly<
  Record<string, { readonly etcd: string; readonly coredns: string; readonly pause: string }>
> = {
  '1.34': { etcd: '3.6.5-0', coredns: 'v1.12.1', pause: '3.10.1' },
  '1.35': { etcd: '3.6.6-0', coredns: 'v1.13.1', pause: '3.10.1' },
  '1.36': { etcd: '3.6.8-0', coredns: 'v1.14.2', pause: '3.10.2' },
};

export const FLANNEL_TAG = 'v0.28.4';
/** The version of Debian 12's nginx; Docker Hub has the same tag. */
export const NGINX_TAG = '1.22.1';

/**
 * Image references by role. `mirror` changes the registry for hosts that pull; images built from source answer to the
 * official names only, so leave it out for them (or use imageRefsOf).
 */
export function imageRefs(kubernetesVersion: string, mirror: Mirror = 'none'): ImageRefs {
  const version = kubernetesVersion.replace(/^v/, '');
  const tags = KUBEADM_TAGS[version.split('.').slice(0, 2).join('.')];
  if (tags === undefined) {
    throw new KinitError(`no image names are known for Kubernetes ${version}`, {
      class: 'artifact',
      found: version,
      hint: `Known: ${Object.keys(KUBEADM_TAGS).join(', ')}.`,
    });
  }
  const kubernetes =
    mirror === 'aliyun' ? 'registry.cn-hangzhou.aliyuncs.com/google_containers' : `${daocloud(mirror)}registry.k8s.io`;
  // Aliyun's google_containers is flat, and has nothing of other registries: those come through DaoCloud.
  const other = mirror === 'none' ? '' : 'm.daocloud.io/';
  return {
    apiServer: `${kubernetes}/kube-apiserver:v${version}`,
    controllerManager: `${kubernetes}/kube-controller-manager:v${version}`,
    scheduler: `${kubernetes}/kube-scheduler:v${version}`,
    proxy: `${kubernetes}/kube-proxy:v${version}`,
    etcd: `${kubernetes}/etcd:${tags.etcd}`,
    coredns: `${kubernetes}/${mirror === 'aliyun' ? '' : 'coredns/'}coredns:${tags.coredns}`,
    pause: `${kubernetes}/pause:${tags.pause}`,
    flannel: `${other}ghcr.io/flannel-io/flannel:${FLANNEL_TAG}`,
    nginx: `${other}docker.io/library/nginx:${NGINX_TAG}`,
  };
}

/** The references the images of this set answer to on its hosts. */
export function imageRefsOf(set: ArtifactSet, mirror: Mirror = 'none'): ImageRefs {
  return imageRefs(set.kubernetesVersion, set.source === 'official' ? mirror : 'none');
}

function daocloud(mirror: Mirror): string {
  return mirror === 'daocloud' ? 'm.daocloud.io/' : '';
}
