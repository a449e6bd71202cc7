import { addOnTraces } from '../../add-ons/index.js';
import type { LeftoverRow } from '../../model/seams/leftover.js';
import { FOREIGN_CHAINS, networkTraces } from '../../network/index.js';

const PREFIXES = [...new Set([...addOnTraces.chains, ...networkTraces.chains, ...FOREIGN_CHAINS])];

/** Packet rules of another cluster. kube-proxy and the pod network replace those of their own names. */
export const packetRules: LeftoverRow = {
  name: 'packet-rules',
  title: 'Packet rules of another cluster',
  harm: 'They go on translating and dropping packets by the old addresses.',
  looks: () => ({}),
  find: ({ past, linkIsOlder }) =>
    PREFIXES.flatMap((prefix) => {
      const chains = past.chains.filter(({ name }) => name.startsWith(`${prefix}-`));
      const [first] = chains;
      // Whose they are is known like that of links: only before a cluster came.
      if (first === undefined || !linkIsOlder('')) return [];
      return [
        {
          what: `${String(chains.length)} chains ${prefix}-*`,
          owner: `for example ${first.name}, ${first.family} ${first.table}`,
          severity: 'warning' as const,
          advice: `A reboot takes them away; so does, for each of iptables and ip6tables: iptables-save | grep -v ${prefix}- | iptables-restore.`,
        },
      ];
    }),
};
