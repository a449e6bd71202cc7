import type { Spec } from '../model/spec.js';
import { flannel } from './flannel.js';
import type { PodNetwork } from './pod-network.js';

const NETWORKS = { flannel, none: undefined } as const;

/** The pod network of the inventory; undefined when the user brings their own. */
export function podNetworkOf(spec: Spec): PodNetwork | undefined {
  return NETWORKS[spec.network.plugin];
}
