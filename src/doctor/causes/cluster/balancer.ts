import { BALANCER_LABEL, FORMS } from '../../../control-plane/index.js';
import { isOwner } from '../../../preflight/ports.js';
import type { Cause } from '../../cause.js';
import type { Evidence, HostEvidence } from '../../evidence.js';
import { nodeNamed } from '../../read/cluster.js';
import { newestContainers } from '../../read/containers.js';
import { isRunning } from '../../read/units.js';

const OWNERS = FORMS.map(({ balancer }) => balancer.owner);

export const balancerDown: Cause = {
  name: 'balancer-down',
  title: "A node's load balancer to the API servers does not run",
  symptom: 'dial tcp 127.0.0.1:6444: connect: connection refused',
  sign: 'The node was given a load balancer, and nothing of it listens on the loopback address; or its container has ended.',
  remedy:
    'Look at its container (`crictl ps -a --name api-balancer`, `crictl logs`): another process may hold its port (`apiServer.balancerPort`). `kinit init` writes its members and its pod again.',
  rank: 37,
  // In the kubelet's process it comes and goes with that, which is a cause of its own.
  find: (evidence) =>
    evidence.hosts.flatMap((host) => {
      const why = isRunning(host, 'kubelet') ? whyNot(host, evidence) : undefined;
      if (why === undefined) return [];
      return [
        {
          host: host.host,
          found: `kubelet, kube-proxy and pod network of ${host.host} ask the API at their own host, where ${why}`,
          next: `on ${host.host}: crictl ps -a --name api-balancer, crictl logs CONTAINER`,
          kinit: '; kinit init writes its pod and its members again',
        },
      ];
    }),
};

function whyNot(host: HostEvidence, evidence: Evidence): string | undefined {
  const ended = newestContainers(host).some(({ name, state }) => name === 'api-balancer' && state !== 'Running');
  if (ended) return "the load balancer's container does not run";
  const labels = nodeNamed(evidence, host.host)?.metadata.labels ?? {};
  if (labels[BALANCER_LABEL] === undefined) return undefined;
  const listens = host.facts.listening.some(
    ({ protocol, address, process }) =>
      protocol === 'tcp' && address.startsWith('127.') && OWNERS.some((owner) => isOwner(process, owner)),
  );
  return listens ? undefined : 'no load balancer listens';
}
