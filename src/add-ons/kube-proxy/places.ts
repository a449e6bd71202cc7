export const NAMESPACE = 'kube-system';
export const NAME = 'kube-proxy';
/** Its files: in its pods, and on a host that it runs on. */
export const FOLDER = '/var/lib/kube-proxy';
