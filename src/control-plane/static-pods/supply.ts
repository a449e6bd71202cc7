import type { Supply } from '../../artifacts/supply.js';
import { kubeImage } from '../../artifacts/supplies/kubernetes.js';
import { balancerImage } from './balancer/supply.js';

/** One image a component, and the balancer's. */
export const staticPodImages: Supply = {
  images: [
    kubeImage('kube-apiserver', 'control-plane'),
    kubeImage('kube-controller-manager', 'control-plane'),
    kubeImage('kube-scheduler', 'control-plane'),
    ...(balancerImage.images ?? []),
  ],
};
