/** Name of the pod and of its container. */
export const NAME = 'api-balancer';
/** On the host and in the pod: configuration, and the socket by which it is asked. */
export const FOLDER = '/etc/kubernetes/balancer';
export const SOCKET = `${FOLDER}/master.sock`;
/** With a master process, which reloads the configuration without closing connections. */
export const COMMAND = ['haproxy', '-W', '-S', `${SOCKET},mode,600`, '-f', `${FOLDER}/haproxy.cfg`];
