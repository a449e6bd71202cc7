/** Links of pod networks and proxies that are none of ours, as patterns of the shell. */
export const FOREIGN_LINKS = [
  'cilium_*',
  'lxc_health',
  'vxlan.calico',
  'vxlan-v6.calico',
  'wireguard.cali',
  'cali[0-9a-f]*',
  'kube-bridge',
  'kube-dummy-if',
  'weave',
  'vethwe-*',
  'datapath',
  'antrea-gw0',
  'genev_sys_*',
  'ovn0',
  'ovn-k8s-mp0',
  'nodelocaldns',
  'cbr0',
] as const;

/** What their iptables chains begin with. */
export const FOREIGN_CHAINS = ['CILIUM', 'cali', 'WEAVE', 'ANTREA', 'KUBE-ROUTER', 'OVN'] as const;
