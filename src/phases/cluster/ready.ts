import { addOnNamespaces, hostProxyConfiguration } from '../../add-ons/index.js';
import { checkCluster, type SmokeSubject } from '../../cluster/smoke/smoke.js';
import { controlPlaneOf } from '../../control-plane/index.js';
import { imageRef } from '../../model/artifact.js';
import { defined } from '../../model/defined.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { networkOf } from '../../network/index.js';

/** The end of every run: nodes Ready, DNS and Services answer across nodes. */
export const ready: Phase = {
  id: 'ready',
  title: 'Cluster really works',
  appliesTo: ({ node, leader }) => node === leader,
  after: ['node', 'network', 'dns', 'proxy'],
  alsoOnOthers: true,
  resources: () => [],
  ready: (context, tools) => checkCluster(context, tools, subject(context)),
};

function subject(context: PhaseContext): SmokeSubject {
  const { spec, images } = context;
  const proxy = hostProxyConfiguration(context);
  const network = networkOf(spec);
  const { tunnel } = network;
  const passes = tunnel && ` (${tunnel.purpose}: ${tunnel.protocol.toUpperCase()} port ${String(tunnel.port)})`;
  const between = spec.hosts.length > 1 ? `Between nodes the pod network must pass${passes ?? ''}. ` : '';
  return {
    ...defined({ unproved: network.unproved }),
    namespaces: [...new Set([...addOnNamespaces, ...network.namespaces])],
    settings: proxy === undefined ? [] : [proxy],
    image: network.probeImage === undefined ? '' : imageRef(images, network.probeImage),
    restart: controlPlaneOf(spec).restart.long,
    hint: `${between}Look at ${spec.hosts.length > 1 ? 'a firewall in between, and at ' : ''}the logs of the ${network.id} pods and of kube-proxy on ${spec.hosts.length > 1 ? 'these nodes' : 'this node'}.`,
  };
}
