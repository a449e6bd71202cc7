import { z } from 'zod';
import { KinitError } from '../../model/error.js';
import { runLocal } from '../../ssh/local.js';
import type { LabNames } from '../state/paths.js';
import { addressIn } from './subnet.js';

const links = z.array(
  z.object({
    ifname: z.string(),
    mtu: z.number().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  }),
);
const routes = z.array(z.object({ dst: z.string(), dev: z.string().optional() }));

/** Networks and addresses in use on this machine, the default route left out. */
export async function usedNetworks(): Promise<string[]> {
  return (await ipRoutes()).map((route) => route.dst).filter((dst) => dst !== 'default' && dst !== '0.0.0.0/0');
}

/** Largest packet that passes the machine's default route, so that hosts behind it need no fragments. */
export async function uplinkMtu(): Promise<number> {
  const device = (await ipRoutes()).find((route) => route.dst === 'default')?.dev;
  if (device === undefined) return 1500;
  const { stdout } = await runLocal('ip', ['-j', 'link', 'show', 'dev', device]);
  return Math.min(1500, links.parse(JSON.parse(stdout))[0]?.mtu ?? 1500);
}

/** Links that forward for somebody (bridges, cables into namespaces, tunnels), those of labs among them. */
export async function virtualLinks(): Promise<string[]> {
  const { stdout } = await runLocal('ip', ['-j', '-d', 'link', 'show']);
  return links
    .parse(JSON.parse(stdout === '' ? '[]' : stdout))
    .filter(({ linkinfo }) => linkinfo?.info_kind !== undefined && !STILL.includes(linkinfo.info_kind))
    .map(({ ifname }) => ifname)
    .sort();
}

/** Kinds of links that are there for this machine alone. */
const STILL = ['bond', 'bond_slave', 'dummy', 'ifb', 'team', 'vlan', 'vrf'];

/** Bridge, address and rules of a lab; what is there already is left or replaced by the same. */
export async function makeNetwork(names: LabNames, subnet: string, mtu: number): Promise<void> {
  const { bridge } = names;
  if (!(await exists(bridge))) await runLocal('ip', ['link', 'add', bridge, 'type', 'bridge']);
  await runLocal('ip', ['link', 'set', bridge, 'mtu', String(mtu), 'up']);
  await runLocal('ip', ['address', 'replace', `${addressIn(subnet, 1)}/24`, 'dev', bridge]);
  await runLocal('nft', ['-f', '-'], { input: ruleset(names, subnet) });
  await makeForwardRules(names);
}

/** Removes every link and rule of a lab; true when there was something. */
export async function removeNetwork(names: LabNames): Promise<boolean> {
  const { bridge, table } = names;
  let found = false;
  if (await exists(bridge)) {
    found = true;
    // Cables whose other end was left in a dying network namespace go before the bridge.
    const { stdout } = await ifInstalled('ip', ['-j', 'link', 'show', 'master', bridge]);
    for (const { ifname } of links.parse(JSON.parse(stdout === '' ? '[]' : stdout)))
      await runLocal('ip', ['link', 'delete', ifname], { reject: false });
    await runLocal('ip', ['link', 'delete', bridge]);
  }
  for (const family of ['inet', 'bridge']) {
    const { code } = await ifInstalled('nft', ['delete', 'table', family, table]);
    found ||= code === 0;
  }
  for (const rule of forwardRules(names)) {
    while ((await iptables(['-D', ...rule])) === 0) found = true;
  }
  return found;
}

/** Cuts the traffic between two addresses of a lab, or heals it. */
export async function setPartition({ table }: LabNames, pairs: readonly (readonly [string, string])[]): Promise<void> {
  const rules = pairs.flatMap(([a, b]) => [`ip saddr ${a} ip daddr ${b} drop`, `ip saddr ${b} ip daddr ${a} drop`]);
  const text = `table bridge ${table}\ndelete table bridge ${table}\n`;
  // forward: between two hosts; input and output: between a host and this machine.
  const chains = ['forward', 'input', 'output'].map(
    (hook) => ` chain ${hook} {\n type filter hook ${hook} priority 0; policy accept;\n ${rules.join('\n ')}\n }\n`,
  );
  const chain = `table bridge ${table} {\n${chains.join('')}}\n`;
  await runLocal('nft', ['-f', '-'], { input: pairs.length === 0 ? text : text + chain });
}

/** Whether hosts reach anything beyond the lab and this machine; `makeNetwork` lets them. */
export async function setWayOut(names: LabNames, subnet: string, way: 'open' | 'closed'): Promise<void> {
  await runLocal('nft', ['-f', '-'], { input: ruleset(names, subnet, way) });
}

/** The lab's own table: hosts reach the world behind the machine's address. Replaced as one transaction. */
export function ruleset({ bridge, table }: LabNames, subnet: string, way: 'open' | 'closed' = 'open'): string {
  const closed = way === 'open' ? '' : `    iifname "${bridge}" oifname != "${bridge}" drop\n`;
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
  chain forward {
    type filter hook forward priority filter; policy accept;
${closed}    iifname "${bridge}" accept
    oifname "${bridge}" accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet} ip daddr != ${subnet} masquerade
  }
}
`;
}

/** In words of iptables, without the command letter. */
export function forwardRules({ bridge, comment }: LabNames): string[][] {
  return ['-i', '-o'].map((direction) => [
    'FORWARD',
    direction,
    bridge,
    '-m',
    'comment',
    '--comment',
    comment,
    '-j',
    'ACCEPT',
  ]);
}

/**
 * Where others (Docker, ufw) filter forwarded packets, accepting them in our own table is not enough. Their policy may
 * turn to DROP later, so any rule of theirs is reason enough. Without one the chain is not ours to make. */
async function makeForwardRules(names: LabNames): Promise<void> {
  const { code, stdout } = await ifInstalled('iptables', ['-w', '10', '-S', 'FORWARD']);
  if (code !== 0 || stdout.trim() === '-P FORWARD ACCEPT') return;
  for (const rule of forwardRules(names)) {
    if ((await iptables(['-C', ...rule])) !== 0) await iptables(['-I', ...rule]);
  }
}

async function iptables(args: readonly string[]): Promise<number> {
  return (await ifInstalled('iptables', ['-w', '10', ...args])).code;
}

async function exists(link: string): Promise<boolean> {
  return (await ifInstalled('ip', ['link', 'show', 'dev', link])).code === 0;
}

/** Code 1 where the program is not installed: a lab that never was on this machine, which installs what it needs, left nothing of it. */
async function ifInstalled(
  file: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string }> {
  try {
    return await runLocal(file, args, { reject: false });
  } catch (error) {
    if (error instanceof KinitError && error.context.class === 'usage') return { code: 1, stdout: '' };
    throw error;
  }
}

async function ipRoutes(): Promise<z.output<typeof routes>> {
  const { stdout } = await runLocal('ip', ['-4', '-j', 'route', 'show', 'table', 'all']);
  return routes.parse(JSON.parse(stdout === '' ? '[]' : stdout));
}
