import type { PodNetwork } from './pod-network.js';

/** What a pod network makes on a host for the host's share of it; it makes all of it anew. */
export interface HostShare {
  readonly bridge: string;
  /** Where the share is noted, and how it reads there. */
  readonly subnetFile: string;
  readonly subnet: RegExp;
  /** Paths of the CNI configuration with the share in it. Without one the node is not ready, and pods wait without being refused. */
  readonly configuration: readonly string[];
}

export function shareOn(network: PodNetwork): HostShare | undefined {
  const { signs } = network;
  if (signs === undefined) return undefined;
  const { bridge, subnetFile, subnet } = signs;
  return { bridge, subnetFile, subnet, configuration: configurationOf(network) };
}

export function configurationOf({ traces }: Pick<PodNetwork, 'traces'>): readonly string[] {
  return traces.paths.filter((path) => path.startsWith('/etc/cni/net.d/'));
}
