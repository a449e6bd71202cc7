import { readFile } from 'node:fs/promises';

/**
 * CPUs for a host, as a list for a cpuset: as many of the machine's as it shall have, so that programs inside count
 * right; each host starts where the one before ended. Where the machine has no more than that, all of them: the
 * quota alone binds. `index` counts the lab's hosts from 0.
 */
export function cpuList(machine: readonly number[], hostCpus: number, index: number): string {
  if (hostCpus >= machine.length) return machine.join(',');
  const chosen = Array.from({ length: hostCpus }, (_, k) => machine[(index * hostCpus + k) % machine.length] ?? 0);
  return chosen.sort((a, b) => a - b).join(',');
}

/** The CPUs this machine lets kinit use. */
export async function machineCpus(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '0');
}

/** "0-2,5" as numbers (cpuset(7), list format). */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
}
