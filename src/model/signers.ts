/** Who signs what kubelets serve with (Kubernetes docs: Certificate Signing Requests, Kubernetes signers). */
export const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
