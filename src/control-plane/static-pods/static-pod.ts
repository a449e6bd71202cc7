import { componentPod } from '../../model/seams/component-pod.js';
import { template } from '../../templates/template.js';

/** A control-plane pod in kubeadm's layout (kubeadm 1.36: util/staticpod ComponentPod). */
export const staticPod = template(new URL('./static-pod.hbs', import.meta.url), componentPod);
