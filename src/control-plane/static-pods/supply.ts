import type { Supply } from '../../artifacts/supply.js';
import { kubeImage } from '../../artifacts/supplies/kubernetes.js';

/** One image a component. */
export const staticPodImages: Supply = {
  images: [
    kubeImage('kube-apiserver', 'control-plane'),
    kubeImage('kube-controller-manager', 'control-plane'),
    kubeImage('kube-scheduler', 'control-plane'),
  ],
};
