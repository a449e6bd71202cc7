import { quote } from '../../shell/quote.js';
import { fail } from '../../shell/statements.js';
import type { FirewallWishes } from './ports.js';

/** What kinit adds to a hand-written ruleset, in a file that the ruleset's own file includes last. */
const RULES = '/etc/nftables.kinit.nft';
const INCLUDE = `include "${RULES}" # kinit: the ports of the cluster`;
const CONF = 'CONF=/etc/nftables.conf; [ -e "$CONF" ] || CONF=/etc/sysconfig/nftables.conf';

/** Tables of programs that see to their own. iptables' are told by their chains, which stand in capitals. */
const FOREIGN =
  '^(kube-proxy|flannel-ipv[46]|firewalld|libvirt_network|docker-bridges|cni_.*|cilium.*|calico.*|f2b-table)$';

/**
 * Base chains that see packets to this host or through it, of tables that drop or reject something, one a line:
 * 'family table chain hook DIGEST', with '-' where no rule of kinit's stands in it.
 */
const BLOCKING = String.raw`nft_blocking() {
  nft list ruleset 2> /dev/null | awk -v foreign=${quote(FOREIGN)} '
    /^table / { family = $2; table = $3; blocks = 0; n = 0; at = 0; next }
    /^\tchain / { chain = $2; at = 0; next }
    /^\t\ttype filter hook (input|forward) / { at = ++n; name[n] = chain; hook[n] = $4; mark[n] = "-" }
    / policy drop;/ || /[ \t](drop|reject)( |$)/ { blocks = 1 }
    at && match($0, /comment "kinit-[0-9a-f]+"/) { mark[at] = substr($0, RSTART + 15, RLENGTH - 16) }
    /^}/ {
      for (i = 1; i <= n; i++) {
        if (!blocks || table ~ foreign || (table == "filter" && family != "inet" && name[i] ~ /^[A-Z]/)) continue
        print family, table, name[i], hook[i], mark[i]
      }
    }'
}`;

const DELETE_OURS = String.raw`nft -a list ruleset 2> /dev/null | awk '/^table / { t = $2 " " $3 } /^\tchain / { c = $2 } /comment "kinit-[0-9a-f]+"/ { print "delete rule", t, c, "handle", $NF }' | nft -f -`;

/** A base chain of a hand-written ruleset. */
export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  /** Of the rules that kinit added, or '-'. */
  readonly digest: string;
}

/** Prints 'nft-chain=...' lines, and 'nft-stored=DIGEST' where the same rules come back with the next boot. */
export function nftObserve(): string {
  return [
    'if systemctl -q is-active nftables; then',
    BLOCKING,
    'nft_blocking | sed "s/^/nft-chain=/"',
    CONF,
    `if grep -qsF ${quote(INCLUDE)} "$CONF"; then sed -n 's/.* comment "kinit-\\([0-9a-f]*\\)"$/nft-stored=\\1/p' ${RULES} 2> /dev/null | sort -u; fi`,
    'fi',
  ].join('\n');
}

export function parseNftChain(line: string): NftChain {
  const [family = '', table = '', chain = '', hook = '', digest = '-'] = line.split(' ');
  return { family, table, chain, hook, digest };
}

/** Chains in which these rules are not, or are not for the time after the next boot. */
export function nftMissing(
  digest: string,
  chains: readonly NftChain[],
  stored: readonly string[],
): readonly NftChain[] {
  return stored.includes(digest) ? chains.filter((chain) => chain.digest !== digest) : chains;
}

/** Accepting in a table of kinit's own would not help: a packet that another table drops is gone. So the rules go into the chains that are there. */
export function nftOpen(wanted: FirewallWishes, digest: string, chains: readonly NftChain[]): readonly string[] {
  const rules = chains.flatMap((chain) =>
    rulesFor(wanted, chain).map(
      (rule) => `insert rule ${chain.family} ${chain.table} ${chain.chain} ${rule} comment "kinit-${digest}"`,
    ),
  );
  const content = [
    '# Written by kinit: lets the cluster through this ruleset. kinit reset takes it away.',
    ...rules,
    '',
  ].join('\n');
  const refused = fail(
    `nftables does not take kinit's rules. Open the ports in your own ruleset, load it (systemctl reload nftables) and set "firewall: keep". The rules:\n${rules.join('\n')}`,
  );
  return [
    CONF,
    `printf '%s' ${quote(content)} > ${RULES}.new && nft -c -f ${RULES}.new || { rm -f ${RULES}.new; ${refused}; }`,
    DELETE_OURS,
    `mv -f ${RULES}.new ${RULES} && nft -f ${RULES} || ${refused}`,
    `grep -qsF ${quote(INCLUDE)} "$CONF" || printf '%s\\n' ${quote(INCLUDE)} >> "$CONF" || ${fail('the configuration of nftables cannot be written')}`,
  ];
}

export function nftUndo(): readonly string[] {
  return [
    CONF,
    `if grep -qsF ${quote(INCLUDE)} "$CONF"; then sed -i --follow-symlinks '\\|^include "${RULES}"|d' "$CONF" || exit 1; fi`,
    `rm -f ${RULES}`,
    `if command -v nft > /dev/null; then ${DELETE_OURS}; fi`,
  ];
}

function rulesFor({ ports, pods }: FirewallWishes, { family, hook }: NftChain): readonly string[] {
  const v4 = family !== 'ip6';
  if (hook === 'forward') return v4 ? [`ip saddr ${pods} accept`, `ip daddr ${pods} accept`] : [];
  const open = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const list = ports.filter((entry) => entry.protocol === protocol).map((entry) => String(entry.port));
    return list.length > 0 ? [`${protocol} dport { ${list.join(', ')} } accept`] : [];
  });
  return [...(v4 ? [`ip saddr ${pods} accept`] : []), ...open];
}
