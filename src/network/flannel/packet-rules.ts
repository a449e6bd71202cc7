import { text } from '../../cluster/api/json.js';
import { oncePer } from '../../model/once.js';
import type { Node } from '../../model/phase.js';
import type { Decisions } from '../../model/record.js';
import type { Decider } from '../../model/seams/decider.js';
import type { KernelNeed } from '../../model/seams/kernel-need.js';

/** Where its pods run. Privileged pods need a namespace that says so (pod security standards). */
export const NAMESPACE = 'kube-flannel';
export const CONFIG = 'kube-flannel-cfg';
const NAME = 'flannel.nftables';

/** iptables is flannel's default; nftables only where a host's kernel has no iptables any more. */
export const packetRulesDecider: Decider = {
  decide: (_spec, nodes, decided) => ({
    [NAME]: decided[NAME] ?? someHaveNoIptables(nodes),
  }),
  shownBy: { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: CONFIG },
  readBack: (object) => {
    const [, value] = /"EnableNFTables": *(true|false)/.exec(text(object, 'data', 'net-conf.json') ?? '') ?? [];
    return value === undefined ? {} : { [NAME]: value === 'true' };
  },
};

const someHaveNoIptables = oncePer((nodes: readonly Pick<Node, 'facts'>[]) =>
  nodes.some(({ facts: { kernelFeatures: can } }) => !can.includes('iptables') && can.includes('nftables')),
);

export function usesNftables(decisions: Decisions): boolean {
  return decisions[NAME] === true;
}

/** What it asks of the kernel of a host that comes to a cluster in which this is decided. */
export function packetRules(decisions: Decisions): readonly KernelNeed[] {
  const purpose = "flannel's packet rules, as the cluster has them";
  if (decisions[NAME] === undefined) return [];
  return [
    usesNftables(decisions)
      ? { name: 'nftables', module: 'nf_tables', purpose }
      : { name: 'iptables', module: 'ip_tables', purpose },
  ];
}
