import { isIPv6 } from 'node:net';
import { parseFields, parseList } from '../../../shell/output.js';
import { sh, shellScript } from '../../../shell/script.js';
import { parseUnit, unitArgs, type FirewallManager, type Opening, type UnitSeen } from '../manager.js';

/** A base chain of a hand-written ruleset. */
export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  /** Of the rules that kinit added, or '-'. */
  readonly digest: string;
}

export interface NftablesSeen extends UnitSeen {
  /** Base chains of tables that drop or reject something. */
  readonly chains: readonly NftChain[];
  /** Digests of kinit's rules that its configuration loads. */
  readonly stored: readonly string[];
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const TURN_OFF = shellScript('./turn-off.sh', import.meta.url);
const TURN_ON = shellScript('./turn-on.sh', import.meta.url);
const OPEN = shellScript('./open.sh', import.meta.url);
const SAVE_BLOCK = shellScript('../../block/save.sh', import.meta.url);
const CLOSE = shellScript('./close.sh', import.meta.url);

/** A ruleset that a person wrote and nftables.service loads. */
export const nftables: FirewallManager<NftablesSeen> = {
  observe: (opening) =>
    sh(
      OBSERVE,
      opening === undefined ? {} : { args: ['rules', opening.nftables.others.join('|')], env: rulesetOf(opening) },
    ),
  parse: (output) => ({
    ...parseUnit(parseFields(output), 'nftables'),
    chains: parseList(output, 'nft-chain').map(parseChain),
    stored: parseList(output, 'nft-stored'),
  }),
  isOn: ({ active, enabled }) => active || enabled,
  turnOff: () => sh(TURN_OFF),
  turnOn: (seen) => sh(TURN_ON, { args: unitArgs(seen) }),
  // Where the rules are not, or are not for the time after the next boot.
  missing: ({ digest }, { chains, stored }) =>
    chains
      .filter((chain) => !stored.includes(digest) || chain.digest !== digest)
      .map(({ family, table, chain }) => `${family} ${table} ${chain}`),
  save: ({ nftables }) => sh(SAVE_BLOCK, { args: [nftables.ruleset] }),
  // All chains again: those that are right are in the file too.
  open: (opening, { chains }) => {
    const rules = chains.flatMap((chain) => insertions(opening, chain));
    const heading = '# Written by kinit: lets the cluster through this ruleset. kinit reset takes it away.';
    return sh(OPEN, {
      args: [[heading, ...rules, ''].join('\n'), rules.join('\n')],
      env: rulesetOf(opening),
    });
  },
  close: (opening) => sh(CLOSE, { env: rulesetOf(opening) }),
};

/** For ruleset.sh. */
function rulesetOf({ nftables }: Opening): Readonly<Record<string, string>> {
  return { RULESET: nftables.ruleset };
}

function parseChain(line: string): NftChain {
  const [family = '', table = '', chain = '', hook = '', digest = '-'] = line.split(' ');
  return { family, table, chain, hook, digest };
}

/** Accepting in a table of kinit's own would not help: a packet that another table drops is gone. So the rules go into the chains that are there. */
function insertions(opening: Opening, chain: NftChain): readonly string[] {
  return rulesFor(opening, chain).map(
    (rule) => `insert rule ${chain.family} ${chain.table} ${chain.chain} ${rule} comment "kinit-${opening.digest}"`,
  );
}

function rulesFor({ ports, pods, sources = [] }: Opening, { family, hook }: NftChain): readonly string[] {
  const v4 = family !== 'ip6';
  if (hook === 'forward') return v4 ? [`ip saddr ${pods} accept`, `ip daddr ${pods} accept`] : [];
  const open = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const list = ports.filter((entry) => entry.protocol === protocol).map((entry) => String(entry.port));
    return list.length > 0 ? [`${protocol} dport { ${list.join(', ')} } accept`] : [];
  });
  const hosts = sources.flatMap((source) =>
    isIPv6(source) ? (family === 'ip' ? [] : [`ip6 saddr ${source} accept`]) : v4 ? [`ip saddr ${source} accept`] : [],
  );
  return [...(v4 ? [`ip saddr ${pods} accept`] : []), ...hosts, ...open];
}
