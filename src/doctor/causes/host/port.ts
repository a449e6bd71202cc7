import { controlPlanePorts, FORMS } from '../../../control-plane/index.js';
import { DATASTORES } from '../../../datastore/index.js';
import { isOwner, neededPorts } from '../../../preflight/ports.js';
import { type Cause } from '../../cause.js';
import { unit } from '../../read/units.js';

/** Of the usual kinds: a cluster may be one that kinit did not make. */
const ofControlPlane = (apiPort: number): ReturnType<typeof controlPlanePorts> =>
  controlPlanePorts(apiPort, FORMS[0], DATASTORES[0]);

export const portTaken: Cause = {
  name: 'port-taken',
  title: 'A port the cluster needs is taken',
  symptom: 'listen tcp 0.0.0.0:10250: bind: address already in use',
  sign: `Another process than its owner listens on a port of kubelet, API server, ${DATASTORES[0].title}, scheduler or controller manager.`,
  remedy:
    'Stop that process (the finding names it and its id), or give it another port. For the API server, `apiServer.port` of the inventory is the other way out.',
  rank: 36,
  find: ({ hosts, apiPort }) =>
    hosts.flatMap((host) => {
      if (unit(host, 'kubelet') === undefined) return [];
      return neededPorts(host.isControlPlane ? ofControlPlane(apiPort) : []).flatMap(({ port, owner }) => {
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
