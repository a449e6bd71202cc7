import { createConnection } from 'node:net';
import { z } from 'zod';
import { runLocal } from '../../ssh/local.js';
import { resolvers } from '../host/resolvers.js';
import { sshCommand } from '../commands/ssh.js';
import type { LabNames } from '../state/paths.js';
import { namesOf } from '../state/state.js';
import type { Lab, LabHost } from '../types.js';

/** A place that answers over TCP. */
interface Place {
  readonly address: string;
  readonly port: number;
}

/**
 * Whether hosts reach each other and what this machine reaches: a packet filter of the machine (Docker's, firewalld's, ufw's)
 * may drop what it forwards, whatever the lab's own table accepts. One sentence for each way that is cut.
 */
export async function cutWays(lab: Lab): Promise<string[]> {
  const [first, second] = lab.hosts;
  if (first === undefined) return [];
  const ways: { readonly place: Place; readonly what: string }[] = [];
  const outside = await reachableServer();
  if (outside !== undefined) ways.push({ place: outside, what: `${outside.address}, which this machine reaches` });
  if (second !== undefined) ways.push({ place: { address: second.address, port: 22 }, what: second.name });
  const cut: typeof ways = [];
  for (const way of ways) if (!(await hostReaches(lab, first, way.place))) cut.push(way);
  if (cut.length === 0) return [];
  const rules = await runLocal('nft', ['-j', 'list', 'ruleset'], { reject: false });
  const who = dropping(rules.stdout, namesOf(lab));
  return cut.map(
    ({ what, place }) => `${first.name} does not reach ${what} (TCP port ${String(place.port)}): ${blame(who)}`,
  );
}

/** Chains of others that may drop forwarded packets: those that drop by policy before those that do by a rule. Pure. */
export function dropping(ruleset: string, { table }: Pick<LabNames, 'table'>): string[] {
  const parsed = rulesetSchema.safeParse(ruleset === '' ? { nftables: [] } : JSON.parse(ruleset));
  if (!parsed.success) return [];
  const chains = parsed.data.nftables.flatMap(({ chain }) =>
    chain?.hook === 'forward' && chain.table !== table ? [chain] : [],
  );
  const words = (chain: Chain, why: string): string =>
    `table ${chain.family} ${chain.table}, chain ${chain.name} (${why})`;
  const byPolicy = chains.filter(({ policy }) => policy === 'drop');
  const byRule = chains.filter(
    (chain) =>
      chain.policy !== 'drop' &&
      parsed.data.nftables.some(
        ({ rule }) =>
          rule?.family === chain.family &&
          rule.table === chain.table &&
          rule.chain === chain.name &&
          rule.expr.some((part) => 'drop' in part || 'reject' in part),
      ),
  );
  return [
    ...byPolicy.map((chain) => words(chain, 'policy drop')),
    ...byRule.map((chain) => words(chain, 'a rule drops')),
  ];
}

const chainSchema = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  hook: z.string().optional(),
  policy: z.string().optional(),
});
type Chain = z.output<typeof chainSchema>;
const rulesetSchema = z.object({
  nftables: z.array(
    z.object({
      chain: chainSchema.optional(),
      rule: z
        .object({
          family: z.string(),
          table: z.string(),
          chain: z.string(),
          expr: z.array(z.record(z.string(), z.unknown())).default([]),
        })
        .optional(),
    }),
  ),
});

function blame(chains: readonly string[]): string {
  if (chains.length === 0) return 'no packet filter of this machine that nft shows drops it';
  return `${chains.join('; ')} may drop it. Accept what comes from and goes to the lab's bridge there`;
}

/** A name server of this machine that it reaches itself; undefined where none answers over TCP: then nothing can be said. */
async function reachableServer(): Promise<Place | undefined> {
  const address = /^nameserver\s+(\d+\.\d+\.\d+\.\d+)$/m.exec(await resolvers())?.[1];
  return address !== undefined && (await connects({ address, port: 53 })) ? { address, port: 53 } : undefined;
}

async function hostReaches(lab: Lab, host: LabHost, { address, port }: Place): Promise<boolean> {
  const script = 'exec 3<>"/dev/tcp/$1/$2"';
  const words = ['timeout', '5', 'bash', '-c', script, 'bash', address, String(port)];
  const [program = 'ssh', ...args] = sshCommand(lab, host.name, words);
  return (await runLocal(program, args, { reject: false, timeoutSeconds: 30 })).code === 0;
}

function connects({ address, port }: Place): Promise<boolean> {
  return new Promise((answer) => {
    const socket = createConnection({ host: address, port });
    const done = (yes: boolean): void => {
      socket.destroy();
      answer(yes);
    };
    socket.setTimeout(1000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('connect', () => done(true));
  });
}
