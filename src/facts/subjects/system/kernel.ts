import type { HostFacts } from '../../../model/facts.js';
import { lines } from '../../subject.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** Where a module that is built into a kernel shows: its configuration option and a symbol of its own. */
const BUILT_IN: Readonly<Record<string, readonly [option: string, symbol: string]>> = {
  overlay: ['OVERLAY_FS', 'ovl_fill_super'],
  br_netfilter: ['BRIDGE_NETFILTER', 'br_nf_pre_routing'],
  bridge: ['BRIDGE', 'br_add_bridge'],
  vxlan: ['VXLAN', 'vxlan_setup'],
  nf_conntrack: ['NF_CONNTRACK', 'nf_conntrack_in'],
  nf_tables: ['NF_TABLES', 'nft_do_chain'],
  nft_compat: ['NFT_COMPAT', 'nft_target_select_ops'],
  ip_tables: ['IP_NF_IPTABLES', 'ipt_do_table'],
  ip_set: ['IP_SET', 'ip_set_add'],
  ip_vs: ['IP_VS', 'ip_vs_conn_new'],
  ip_vs_rr: ['IP_VS_RR', 'ip_vs_rr_schedule'],
  ip_vs_wrr: ['IP_VS_WRR', 'ip_vs_wrr_schedule'],
  ip_vs_sh: ['IP_VS_SH', 'ip_vs_sh_schedule'],
};
const OPTIONS = Object.values(BUILT_IN)
  .map(([option]) => option)
  .join('|');
const SYMBOLS = Object.values(BUILT_IN)
  .map(([, symbol]) => symbol)
  .join('|');
/** What proves an ability where it was not tried out: any of these modules. */
const FEATURES: readonly (readonly [feature: string, ...modules: string[]])[] = [
  ['vxlan', 'vxlan'],
  ['nftables', 'nf_tables'],
  ['iptables', 'ip_tables', 'nft_compat'],
  ['overlay', 'overlay'],
  ['br_netfilter', 'br_netfilter'],
  ['ip_vs', 'ip_vs'],
  ['ipset', 'ip_set'],
];

/**
 * Kernel modules and abilities. What was tried counts before what modules promise.
 */
export const kernel: Subject<Pick<HostFacts, 'modules' | 'kernelFeatures'>> = {
  id: 'kernel',
  script: shellScript('./kernel.sh', import.meta.url),
  limit: 2 * 1024 * 1024,
  values: { args: [OPTIONS, SYMBOLS] },
  parse: (output) => {
    const section = sections(output);
    const names = (key: string): string[] => (section.get(key) ?? []).map((name) => name.replaceAll('-', '_'));
    const loaded = new Set(names('loaded'));
    const options = new Set(names('options').map((line) => line.replace(/^CONFIG_(.*)=y$/, '$1')));
    const symbols = new Set(names('symbols'));
    const shown = Object.entries(BUILT_IN)
      .filter(([, [option, symbol]]) => options.has(option) || symbols.has(symbol))
      .map(([name]) => name);
    const builtin = new Set([...names('builtin'), ...names('sys'), ...shown].filter((name) => !loaded.has(name)));
    const loadable = names('loadable');

    const known = new Set([...loaded, ...builtin, ...loadable]);
    const tried = new Set(section.get('tried') ?? []);
    const able = ([feature, ...modules]: readonly [string, ...string[]]): boolean =>
      tried.has(`${feature}=yes`) || (!tried.has(`${feature}=no`) && modules.some((name) => known.has(name)));
    return {
      modules: { loaded: [...loaded], builtin: [...builtin], loadable },
      kernelFeatures: FEATURES.filter(able).map(([name]) => name),
    };
  },
};

function sections(output: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines(output)) {
    if (line.startsWith(':')) {
      current = [];
      found.set(line.slice(1), current);
    } else current.push(line);
  }
  return found;
}
