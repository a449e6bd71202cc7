import { isMember } from '../../model/facts.js';
import type { Evidence, HostEvidence } from '../evidence.js';
import { BRIDGES, isOfNetwork, READABLE } from '../networks.js';

/**
 * Whether kinit made the cluster, or is about to: else nothing may tell a person to run `kinit init`, which would take over what
 * somebody else keeps. It has a journal on some host; or no host is a node of anything yet.
 */
export function isOurs({ hosts }: Evidence): boolean {
  return hosts.some(({ facts }) => facts.kubernetes.journal) || !hosts.some(({ facts }) => isMember(facts));
}

/** What kinit does about it where the cluster is kinit's, what a person does where it is not. */
export function byKinit(evidence: Evidence, kinit: string, hand = ''): string {
  return isOurs(evidence) ? kinit : hand;
}

/**
 * Whether packets between pods of one host have to pass the bridge's filter for Services to work: where the network hangs pods on
 * a bridge. Others (routes to each pod, eBPF) need no such module. A host that is no node yet is asked for it, as kubeadm does.
 */
export function needsBridgeFilter(host: HostEvidence, { cluster }: Evidence): boolean {
  if (!isMember(host.facts)) return true;
  const bridged =
    host.facts.addresses.some((each) => BRIDGES.includes(each.interface)) ||
    READABLE.some(({ signs }) => signs.subnet.test(host.text['cni'] ?? ''));
  const workloads = cluster?.workloads ?? [];
  return cluster === undefined || workloads.length === 0
    ? bridged
    : workloads.some(({ metadata }) => isOfNetwork(metadata.name)) || (bridged && !workloads.some(isOther));
}

/** Networks of others, by the names of their workloads. */
function isOther({ metadata: { name } }: { readonly metadata: { readonly name: string } }): boolean {
  return /^(cilium|calico|kube-router|antrea|ovnkube|weave|kindnet|aws-node)/.test(name);
}
