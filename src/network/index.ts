import { allTraces, type NetworkTraces } from '../model/seams/network-traces.js';
import type { KindChoice } from '../model/spec/kinds.js';
import type { Spec } from '../model/spec.js';
import { cniTraces } from './cni-plugins.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import { flannel } from './flannel/index.js';
import { cniConfiguration } from './leftovers/cni-configuration.js';
import { none } from './none/index.js';
import { configurationOf, shareOn, type HostShare } from './host-share.js';
import type { PodNetwork } from './pod-network.js';

export { FOREIGN_CHAINS, FOREIGN_LINKS } from './leftovers/foreign.js';
export type { HostShare } from './host-share.js';
export type { NetworkPort, PodNetwork, Tunnel } from './pod-network.js';

/** Every pod network kinit knows: the only list. */
export const networks: readonly PodNetwork[] = [flannel, none];

/** The choice in the inventory's `network` section. */
export const networkChoice: KindChoice = {
  ids: networks.map(({ id }) => id),
  default: flannel.id,
  describe: 'Pod network. none: you bring your own.',
  options: Object.assign({}, ...networks.map(({ options }) => options)),
};

/** The pod network of an inventory that went through the schema. */
export function networkOf(spec: Spec): PodNetwork {
  return networks.find(({ id }) => id === spec.network.plugin) ?? none;
}

/** What the pod network of an inventory makes on each host for the host's share of it. Undefined: kinit does not know. */
export function hostShareOf(spec: Spec): HostShare | undefined {
  return shareOn(networkOf(spec));
}

/** What any of them leaves on a host, with the plugins they call: reset cleans up, whichever it was. */
export const networkTraces: NetworkTraces = allTraces([cniTraces, ...networks.map(({ traces }) => traces)]);

/** What other networks leave on a host, and ours of another cluster. */
export const networkLeftovers: readonly LeftoverRow[] = [
  cniConfiguration(new Map(networks.map((network) => [network.id, configurationOf(network)]))),
  ...networks.flatMap(({ leftovers }) => leftovers ?? []),
];
