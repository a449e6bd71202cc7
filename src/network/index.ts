import type { KindChoice } from '../model/spec/kinds.js';
import type { Spec } from '../model/spec.js';
import { flannel } from './flannel/index.js';
import { flannelOptions, flannelShape } from './flannel/options.js';
import type { PodNetwork } from './pod-network.js';

const NETWORKS: Readonly<Record<string, PodNetwork | undefined>> = { flannel, none: undefined };

/** What stands in the inventory's `network` section about the kinds. */
export const networkChoice: KindChoice = {
  ids: Object.keys(NETWORKS),
  default: 'flannel',
  describe: 'Pod network. none: you bring your own.',
  options: flannelShape,
};

/** The pod network of the inventory; undefined when the user brings their own. */
export function podNetworkOf(spec: Spec): PodNetwork | undefined {
  return NETWORKS[spec.network.plugin];
}

/** Whether pods of other nodes are reached through a tunnel. */
export function tunnels(spec: Spec): boolean {
  return spec.network.plugin === 'flannel' && flannelOptions(spec).flannelBackend === 'vxlan';
}

/** Whether what a node sends to a pod of another node keeps the node's own address. */
export function direct(spec: Spec): boolean {
  return spec.network.plugin === 'flannel' && flannelOptions(spec).flannelBackend === 'host-gw';
}
