/** Where kubectl looks when nothing else is said, for root on a host. */
export const HOST_KUBECONFIG = '/root/.kube/config';
