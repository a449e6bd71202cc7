import { isOwner, neededPorts } from '../../../preflight/ports.js';
import { type Cause } from '../../cause.js';
import { unit } from '../../read/units.js';

export const portTaken: Cause = {
  name: 'port-taken',
  title: 'A port the cluster needs is taken',
  symptom: 'listen tcp 0.0.0.0:10250: bind: address already in use',
  sign: 'Another process than its owner listens on a port of kubelet, API server, etcd, scheduler or controller manager.',
  remedy:
    'Stop that process (the finding names it and its id), or give it another port. For the API server, `apiServer.port` of the inventory is the other way out.',
  rank: 36,
  find: ({ hosts, apiPort }) =>
    hosts.flatMap((host) => {
      if (unit(host, 'kubelet') === undefined) return [];
      return neededPorts(apiPort, host.isControlPlane).flatMap(({ port, owner }) => {
        const holders = host.facts.listening.filter(
          (socket) => socket.protocol === 'tcp' && socket.port === port && socket.process !== undefined,
        );
        const holder = holders.find((socket) => !isOwner(socket.process, owner));
        if (holder === undefined || holders.some((socket) => isOwner(socket.process, owner))) return [];
        const process = `${holder.process ?? ''}${holder.pid === undefined ? '' : ` (pid ${holder.pid})`}`;
        return [
          {
            host: host.host,
            found: `port ${port} of ${owner} is taken by ${process}`,
            next: `on ${host.host}: stop it (ps -fp ${holder.pid ?? ''}), then systemctl restart kubelet`,
            severity: owner === 'kube-proxy' ? ('warning' as const) : ('error' as const),
          },
        ];
      });
    }),
};
