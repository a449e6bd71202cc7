import type { Spec } from '../../model/spec.js';
import { contains, formatNetwork, type Network, overlaps, parseNetwork } from '../../model/text/cidr.js';
import type { Finding } from '../problem.js';
import { isDnsName } from './names.js';
import type { Rule } from './rule.js';

const POD = ['network', 'podCIDR'] as const;
const SERVICE = ['network', 'serviceCIDR'] as const;

/** kubeadm's MaximumBitsForServiceSubnet: the API server keeps a bitmap of them. */
const SERVICE_MAX_BITS = 20;
/** Room for the tenth address, which is DNS's (kubeadm: MinimumAddressesInServiceSubnet). */
const SERVICE_SMALLEST_PREFIX = 28;

/** kube-controller-manager's default node-cidr-mask-size for IPv4, and how much it may exceed the pod network's. */
const NODE_PREFIX = 24;
const NODE_PREFIX_SPAN = 16;

const RESERVED = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

export const networkRules: readonly Rule[] = [
  { reads: ['network.podCIDR', 'network.serviceCIDR'], check: apart },
  { reads: ['network.podCIDR'], check: (spec) => wellPlaced(spec, POD) },
  { reads: ['network.serviceCIDR'], check: (spec) => wellPlaced(spec, SERVICE) },
  { reads: ['network.serviceCIDR'], check: serviceSize },
  { reads: ['network.podCIDR', 'controllerManager.extraArgs'], check: podSize },
  { reads: ['network.domain'], check: domain },
];

function apart({ network }: Spec): Finding[] {
  const [pods, services] = [parseNetwork(network.podCIDR), parseNetwork(network.serviceCIDR)];
  if (pods === undefined || services === undefined || !overlaps(pods, services)) return [];
  return [
    {
      path: SERVICE,
      found: JSON.stringify(network.serviceCIDR),
      message: `overlaps network.podCIDR (${network.podCIDR}); the two must be apart`,
    },
  ];
}

function wellPlaced(spec: Spec, path: typeof POD | typeof SERVICE): Finding[] {
  const text = spec.network[path[1]];
  const network = parseNetwork(text);
  if (network === undefined) return [];
  const proper = formatNetwork(network);
  const reserved = RESERVED.find((other) => intersects(network, other));
  return [
    ...(proper === text ? [] : [{ path, message: 'has address bits beyond its prefix length', suggestion: proper }]),
    ...(reserved === undefined
      ? []
      : [{ path, found: JSON.stringify(text), message: `overlaps ${reserved}, which machines keep for themselves` }]),
    ...hostsInside(spec, network, path),
  ];
}

/** The finding stands at the network: it is easier to move than a machine. */
function hostsInside(spec: Spec, network: Network, path: typeof POD | typeof SERVICE): Finding[] {
  const inside = spec.hosts.flatMap((host) =>
    [...new Set([host.address, host.internalAddress ?? host.address])]
      .filter((address) => contains(network, address))
      .map((address) => `${host.name} (${address})`),
  );
  if (inside.length === 0) return [];
  return [
    {
      path,
      found: JSON.stringify(spec.network[path[1]]),
      message: `contains the address of ${inside.join(', ')}; choose a network that no host is in`,
    },
  ];
}

function serviceSize({ network }: Spec): Finding[] {
  const prefix = parseNetwork(network.serviceCIDR)?.prefix;
  if (prefix === undefined || (prefix >= 32 - SERVICE_MAX_BITS && prefix <= SERVICE_SMALLEST_PREFIX)) return [];
  return [
    {
      path: SERVICE,
      found: JSON.stringify(network.serviceCIDR),
      message: `is too ${prefix > SERVICE_SMALLEST_PREFIX ? 'small' : 'large'}; its prefix must be /${String(32 - SERVICE_MAX_BITS)} to /${String(SERVICE_SMALLEST_PREFIX)}`,
    },
  ];
}

function podSize({ network, hosts, controllerManager }: Spec): Finding[] {
  const prefix = parseNetwork(network.podCIDR)?.prefix;
  const nodePrefix = Number(controllerManager.extraArgs['node-cidr-mask-size'] ?? NODE_PREFIX);
  if (prefix === undefined || !Number.isInteger(nodePrefix)) return [];
  if (nodePrefix - prefix > NODE_PREFIX_SPAN)
    return [
      {
        path: POD,
        found: JSON.stringify(network.podCIDR),
        message: `is too large for /${String(nodePrefix)} networks per host; its prefix must be /${String(nodePrefix - NODE_PREFIX_SPAN)} or longer`,
      },
    ];
  const room = Math.floor(2 ** (nodePrefix - prefix));
  if (room >= hosts.length) return [];
  const needed = nodePrefix - Math.ceil(Math.log2(hosts.length));
  return [
    {
      path: POD,
      found: JSON.stringify(network.podCIDR),
      message: `is too small: each host gets a /${String(nodePrefix)}, so there is room for ${String(room)} of ${String(hosts.length)} ${hosts.length === 1 ? 'host' : 'hosts'}; its prefix must be /${String(needed)} or shorter`,
    },
  ];
}

function domain({ network }: Spec): Finding[] {
  return isDnsName(network.domain)
    ? []
    : [{ path: ['network', 'domain'], message: 'must be a DNS name in lower case, such as cluster.local' }];
}

function intersects(network: Network, text: string): boolean {
  const other = parseNetwork(text);
  return other !== undefined && overlaps(network, other);
}
