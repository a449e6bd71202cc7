import { DATASTORES } from '../../../datastore/index.js';
import { isOwner, neededPorts } from '../../../preflight/ports.js';
import { isReady } from '../../../cluster/why/pods.js';
import { type Cause } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { nodeNamed, podsOn } from '../../read/cluster.js';
import { newestContainers } from '../../read/containers.js';
import { controlPlanePortsOn } from '../../read/form.js';
import { isRunning, unit } from '../../read/units.js';

export const portTaken: Cause = {
  name: 'port-taken',
  title: 'A port the cluster needs is taken',
  symptom: 'listen tcp 0.0.0.0:10250: bind: address already in use',
  sign: `Another process than its owner listens on a port of kubelet, API server, ${DATASTORES[0].title}, scheduler, controller manager or the one process that they are, and that owner does not get to work.`,
  remedy:
    'Stop that process (the finding names it and its id), or give it another port. For the API server, `apiServer.port` of the inventory is the other way out.',
  rank: 36,
  find: (evidence) =>
    evidence.hosts.flatMap((host) => {
      if (unit(host, 'kubelet') === undefined) return [];
      return neededPorts(controlPlanePortsOn(host, evidence.apiPort)).flatMap(({ port, owner }) => {
        const holders = host.facts.listening.filter(
          (socket) => socket.protocol === 'tcp' && socket.port === port && socket.process !== undefined,
        );
        const holder = holders.find((socket) => !isOwner(socket.process, owner));
        if (holder === undefined || holders.some((socket) => isOwner(socket.process, owner))) return [];
        if (!isMissed(owner, host, evidence)) return [];
        const process = `${holder.process ?? ''}${holder.pid === undefined ? '' : ` (pid ${holder.pid})`}`;
        return [
          {
            host: host.host,
            found: `port ${port} of ${owner} is taken by ${process}`,
            next: `on ${host.host}: stop it (ps -fp ${holder.pid ?? ''}), then systemctl restart ${unit(host, owner)?.name ?? 'kubelet'}`,
            severity: owner === 'kube-proxy' ? ('warning' as const) : ('error' as const),
          },
        ];
      });
    }),
};

/** Whether the owner of a port does not get to work: another program may stand for it (a proxy of the pod network), or it has another port. */
function isMissed(owner: string, host: HostEvidence, evidence: Evidence): boolean {
  const node = nodeNamed(evidence, host.host);
  if (owner === 'kubelet') return !isRunning(host, 'kubelet') || (node !== undefined && !isReady(node));
  if (unit(host, owner) !== undefined) return !isRunning(host, owner);
  const own = newestContainers(host).find(({ name }) => name === owner);
  if (evidence.cluster === undefined) return own === undefined ? owner !== 'kube-proxy' : own.state !== 'Running';
  const pods = podsOn(evidence, host.host).filter(({ metadata }) => metadata.name.startsWith(owner));
  return pods.length > 0 && !pods.every(isReady);
}
