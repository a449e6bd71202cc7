import type { KernelNeed } from '../../model/seams/kernel-need.js';
import type { Spec } from '../../model/spec.js';
import type { PodNetwork, Tunnel } from '../pod-network.js';
import { flannelState, SUBNET_FILE } from './leftovers.js';
import { flannelObjects } from './objects.js';
import { flannelOptions, flannelShape } from './options.js';
import { NAMESPACE, packetRules, packetRulesDecider } from './packet-rules.js';
import { flannelSupply } from './supply.js';

/** The kernel's own VXLAN port, which flannel keeps (flannel: Documentation/backends.md). */
const VXLAN: Tunnel = {
  port: 8472,
  protocol: 'udp',
  purpose: 'VXLAN',
  link: 'flannel.1',
  otherwise: '`flannelBackend: host-gw` needs no tunnel within one network',
};

const TUNNEL: KernelNeed = {
  name: 'vxlan',
  module: 'vxlan',
  purpose: 'flannel between hosts',
  otherwise: 'set network.flannelBackend: host-gw',
};

/** flannel with bridge, host-local and portmap as CNI plugins: https://github.com/flannel-io/flannel */
export const flannel: PodNetwork = {
  id: 'flannel',
  words: ['flannel', 'cni0', '8472'],
  options: flannelShape,
  objects: flannelObjects,
  namespaces: [NAMESPACE],
  workload: 'flannel',
  supply: flannelSupply,
  probeImage: 'flannel',
  ports: (spec) => (tunnels(spec) ? [VXLAN] : []),
  kernel: (spec, decisions) => [...(tunnels(spec) ? [TUNNEL] : []), ...packetRules(decisions)],
  decides: packetRulesDecider,
  direct: (spec) => !tunnels(spec),
  traces: {
    links: ['cni0', VXLAN.link, 'flannel-v6.1'],
    paths: ['/run/flannel', '/etc/cni/net.d/10-kinit.conflist'],
    tables: ['ip flannel-ipv4', 'ip6 flannel-ipv6'],
    chains: ['FLANNEL'],
  },
  leftovers: [flannelState],
  tunnel: VXLAN,
  signs: {
    bridge: 'cni0',
    subnetFile: SUBNET_FILE,
    subnet: /^FLANNEL_SUBNET=(\S+)/m,
    selector: 'app=flannel',
    symptoms: {
      'br-netfilter': 'flannel: Failed to check br_netfilter',
      'same-identity': 'flannel gives two hosts the same subnet',
    },
  },
};

function tunnels(spec: Spec): boolean {
  return flannelOptions(spec).flannelBackend === 'vxlan';
}
