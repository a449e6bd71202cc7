import { addOnNamespaces, addOnTraces } from '../add-ons/index.js';
import { networks, networkTraces, type PodNetwork, type Tunnel } from '../network/index.js';

/** Where a cluster's own workloads run: kinit's, and what others' clusters commonly have. */
export const SYSTEM_NAMESPACES: readonly string[] = [
  ...new Set([...addOnNamespaces, ...networks.flatMap(({ namespaces }) => namespaces)]),
];

/** Networks that the doctor can read on a host, with what it reads. */
export const READABLE = networks.flatMap(({ signs, ...network }) =>
  signs === undefined ? [] : [{ ...network, signs }],
);

export const TUNNELS: readonly Tunnel[] = networks.flatMap(({ tunnel }) => tunnel ?? []);

/** Names of bridges that pods hang on. */
export const BRIDGES: readonly string[] = [...new Set(READABLE.map(({ signs }) => signs.bridge))];

/** 'UDP 8472'. */
export function portOf({ protocol, port }: Tunnel): string {
  return `${protocol.toUpperCase()} ${String(port)}`;
}

/** What people see of a cause because of their network, for those who search for it. */
export function symptomsOf(cause: string): readonly string[] {
  return READABLE.flatMap(({ signs }) => signs.symptoms[cause] ?? []);
}

/** Whether a Deployment or DaemonSet belongs to a pod network. */
export function isOfNetwork(workload: string): boolean {
  return networks.some((network: PodNetwork) => workload.includes(network.workload));
}

/** The command that starts a network's pod on a node anew. */
export function restartCommand(node: string): string {
  return READABLE.map(
    ({ namespaces, signs }) =>
      `kubectl -n ${namespaces.join(' ')} delete pod -l ${signs.selector} --field-selector spec.nodeName=${node}`,
  ).join('; ');
}

/** Regular expressions of nftables tables and of iptables chains that a cluster fills itself. */
export const OWN_TABLES = `^(${[...networkTraces.tables, ...addOnTraces.tables].map(nameOf).join('|')})$`;
export const OWN_CHAINS = `(${[...networkTraces.chains, ...addOnTraces.chains].join('|')})-`;

/** Of a table, without its family. */
function nameOf(table: string): string {
  return table.split(' ').at(-1) ?? table;
}
