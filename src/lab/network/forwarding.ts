import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runLocal } from '../../ssh/local.js';
import { exists } from '../state/exists.js';
import { machineFolder } from '../state/paths.js';
import { virtualLinks } from './network.js';

/**
 * Kernel settings that are one for the whole machine, and that a booting host (systemd-sysctl) or a kubelet in it
 * changes. They are remembered when the first lab goes up and put back when the last one goes down.
 */
const SHARED_SYSCTLS = [
  'net/ipv4/ip_forward',
  'fs/inotify/max_user_instances',
  'fs/inotify/max_user_watches',
  'fs/protected_hardlinks',
  'fs/protected_symlinks',
  'fs/protected_regular',
  'fs/protected_fifos',
  'kernel/core_uses_pid',
  'kernel/keys/root_maxbytes',
  'kernel/keys/root_maxkeys',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/pid_max',
  'kernel/sysrq',
  'vm/max_map_count',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'vm/swappiness',
] as const;

const FORWARDING = 'net/ipv4/ip_forward';

/** What several systemds and kubelets need on one kernel. The kernel's own defaults are for one of each. */
const NEEDED: Readonly<Record<string, number>> = {
  [FORWARDING]: 1,
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 524288,
};

const rememberedSchema = z.object({
  /** Values before the first lab. */
  sysctls: z.record(z.string(), z.string()),
  /** Bridges, tunnels and the like that were there before. */
  links: z.array(z.string()),
  /** Bridged packets passed the firewall already (br_netfilter). */
  bridgeNetfilter: z.boolean(),
});

export type Remembered = z.output<typeof rememberedSchema>;

/**
 * Called under the machine's lock, before the first host of a lab starts. The lab counts as one that needs the settings,
 * with its network, until `restoreMachine`.
 */
export async function prepareMachine(lab: string, subnet: string): Promise<void> {
  await mkdir(labsOnMachine(), { recursive: true, mode: 0o700 });
  if ((await remembered()) === undefined) await remember();
  await writeFile(join(labsOnMachine(), lab), `${subnet}\n`);
  for (const [name, least] of Object.entries(NEEDED)) {
    if (Number(await readSysctl(name)) < least) await writeFile(`/proc/sys/${name}`, String(least));
  }
}

/** Networks of all labs of this machine, whoever made them. */
export async function subnetsOfMachine(): Promise<string[]> {
  const labs = await readdir(labsOnMachine()).catch(() => []);
  return Promise.all(labs.map(async (lab) => (await readFile(join(labsOnMachine(), lab), 'utf8')).trim()));
}

/** Called under the machine's lock, when a lab is gone. The last one puts the settings back. Gives what stays, and why. */
export async function restoreMachine(lab: string): Promise<string[]> {
  await rm(join(labsOnMachine(), lab), { force: true });
  if ((await readdir(labsOnMachine()).catch(() => [])).length > 0) return [];
  const before = await remembered();
  if (before === undefined) return [];
  const now = Object.fromEntries(
    await Promise.all(Object.keys(before.sysctls).map(async (n) => [n, await readSysctl(n)])),
  );
  const { write, others } = toRestore(before, now, await virtualLinks());
  for (const [name, value] of write) await writeFile(`/proc/sys/${name}`, value).catch(() => undefined);
  if (others.length === 0 && !before.bridgeNetfilter && (await bridgeNetfilter()))
    await runLocal('modprobe', ['-r', 'br_netfilter'], { reject: false }).catch(() => undefined);
  await rm(rememberFile(), { force: true });
  return others.length === 0
    ? []
    : [`IP forwarding stays on for what has come since the first lab: ${others.join(', ')}`];
}

/**
 * What is written to have a machine as it was. What somebody else has set meanwhile is left alone, and forwarding too
 * where another network (Docker, libvirt, a VPN) has come since and may live on it. Pure.
 */
export function toRestore(
  before: Remembered,
  now: Readonly<Record<string, string | undefined>>,
  links: readonly string[],
): { readonly write: readonly (readonly [string, string])[]; readonly others: readonly string[] } {
  const newcomers = links.filter((link) => !before.links.includes(link));
  const isOurs = (name: string): boolean => NEEDED[name] === undefined || now[name] === String(NEEDED[name]);
  // An unchanged value is not written: writing ip_forward resets other settings of the machine's interfaces.
  const changed = Object.entries(before.sysctls).filter(([name, value]) => now[name] !== value && isOurs(name));
  const forwarding = changed.some(([name]) => name === FORWARDING);
  return {
    write: changed.filter(([name]) => name !== FORWARDING || newcomers.length === 0),
    others: forwarding ? newcomers : [],
  };
}

async function remember(): Promise<void> {
  const sysctls: Record<string, string> = {};
  for (const name of SHARED_SYSCTLS) {
    const value = await readSysctl(name);
    if (value !== undefined) sysctls[name] = value;
  }
  const text: Remembered = { sysctls, links: await virtualLinks(), bridgeNetfilter: await bridgeNetfilter() };
  await writeFile(`${rememberFile()}.new`, `${JSON.stringify(text, null, 2)}\n`, { mode: 0o600 });
  await rename(`${rememberFile()}.new`, rememberFile());
}

async function remembered(): Promise<Remembered | undefined> {
  const text = await readFile(rememberFile(), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : rememberedSchema.parse(JSON.parse(text));
}

function rememberFile(): string {
  return join(machineFolder(), 'before.json');
}

/** One file a lab that is up, named as its control group. */
function labsOnMachine(): string {
  return join(machineFolder(), 'labs');
}

function bridgeNetfilter(): Promise<boolean> {
  return exists('/proc/sys/net/bridge/bridge-nf-call-iptables');
}

async function readSysctl(name: string): Promise<string | undefined> {
  return readFile(`/proc/sys/${name}`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
