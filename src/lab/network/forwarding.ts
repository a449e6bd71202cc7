import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { labsFolder } from '../state/paths.js';

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

/** What several systemds and kubelets need on one kernel. The kernel's own defaults are for one of each. */
const NEEDED: Readonly<Record<string, number>> = {
  'net/ipv4/ip_forward': 1,
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 524288,
};

const rememberedSchema = z.record(z.string(), z.string());

/** Called under the machine's lock, before the first host of a lab starts. */
export async function prepareMachine(): Promise<void> {
  const file = rememberFile();
  if ((await readFile(file, 'utf8').catch(() => undefined)) === undefined) {
    const seen: Record<string, string> = {};
    for (const name of SHARED_SYSCTLS) {
      const value = await readSysctl(name);
      if (value !== undefined) seen[name] = value;
    }
    await writeFile(file, `${JSON.stringify(seen, null, 2)}\n`, { mode: 0o600 });
  }
  for (const [name, least] of Object.entries(NEEDED)) {
    if (Number(await readSysctl(name)) < least) await writeFile(`/proc/sys/${name}`, String(least));
  }
}

/** Called under the machine's lock, when the last lab is gone. */
export async function restoreMachine(): Promise<void> {
  const file = rememberFile();
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  for (const [name, value] of Object.entries(rememberedSchema.parse(JSON.parse(text)))) {
    // An unchanged value is not written: writing ip_forward resets other settings of the machine's interfaces.
    if ((await readSysctl(name)) !== value) await writeFile(`/proc/sys/${name}`, value).catch(() => undefined);
  }
  await rm(file, { force: true });
}

function rememberFile(): string {
  return join(labsFolder(), '.machine.json');
}

async function readSysctl(name: string): Promise<string | undefined> {
  return readFile(`/proc/sys/${name}`, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
