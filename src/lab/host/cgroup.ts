import { appendFile, mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { processStart } from '../../artifacts/store/process-start.js';
import { isAlive, kill, until } from './process.js';

/** One mounted cgroup hierarchy of this machine. */
export interface Hierarchy {
  readonly mount: string;
  readonly version: 1 | 2;
  /** For version 1: the controllers of this mount; for version 2 empty (they stand in cgroup.controllers). */
  readonly controllers: readonly string[];
}

export interface Limits {
  readonly cpus: number;
  readonly memoryMB: number;
  /** CPU list such as "0-1" that processes are bound to. */
  readonly cpuset: string;
}

/** cgroup mounts from the text of /proc/self/mountinfo, as proc(5) lays it out. */
export function parseHierarchies(mountinfo: string): Hierarchy[] {
  const found = new Map<string, Hierarchy>();
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const mount = left.split(' ')[4] ?? '';
    const [type, , superOptions = ''] = right.split(' ');
    if ((type !== 'cgroup' && type !== 'cgroup2') || !/^\/sys\/fs\/cgroup(\/|$)/.test(mount)) continue;
    const controllers =
      type === 'cgroup'
        ? superOptions
            .split(',')
            .filter(
              (word) =>
                !['rw', 'ro', 'xattr', 'clone_children', 'noprefix'].includes(word) &&
                !word.startsWith('release_agent='),
            )
        : [];
    found.set(mount, { mount, version: type === 'cgroup' ? 1 : 2, controllers });
  }
  return [...found.values()];
}

export async function hierarchies(): Promise<Hierarchy[]> {
  return parseHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** 1 when the memory controller is mounted as cgroup v1. */
export function cgroupVersion(all: readonly Hierarchy[]): 1 | 2 {
  return all.some((one) => one.controllers.includes('memory')) ? 1 : 2;
}

/** What is written into a host's cgroup. `needed: false`: the kernel may lack the file (swap accounting off). */
export function limitFiles(
  hierarchy: Hierarchy,
  limits: Limits,
): { readonly file: string; readonly value: string; readonly needed: boolean }[] {
  const bytes = String(limits.memoryMB * 1024 * 1024);
  const period = 100_000;
  const quota = String(limits.cpus * period);
  if (hierarchy.version === 2) {
    return [
      { file: 'memory.max', value: bytes, needed: true },
      { file: 'memory.swap.max', value: '0', needed: false },
      { file: 'cpu.max', value: `${quota} ${period}`, needed: true },
      { file: 'cpuset.cpus', value: limits.cpuset, needed: false },
    ];
  }
  const has = (controller: string): boolean => hierarchy.controllers.includes(controller);
  return [
    ...(has('memory')
      ? [
          { file: 'memory.limit_in_bytes', value: bytes, needed: true },
          { file: 'memory.memsw.limit_in_bytes', value: bytes, needed: false },
        ]
      : []),
    ...(has('cpu')
      ? [
          { file: 'cpu.cfs_period_us', value: String(period), needed: true },
          { file: 'cpu.cfs_quota_us', value: quota, needed: true },
        ]
      : []),
    ...(has('cpuset') ? [{ file: 'cpuset.cpus', value: limits.cpuset, needed: true }] : []),
  ];
}

/** Makes LAB/HOST in every hierarchy with the limits set. Returns the folders a process must enter to be inside. */
export async function makeCgroups(
  all: readonly Hierarchy[],
  lab: string,
  host: string,
  limits: Limits,
): Promise<string[]> {
  const v2only = cgroupVersion(all) === 2;
  const folders: string[] = [];
  for (const hierarchy of all) {
    const labFolder = join(hierarchy.mount, lab);
    const hostFolder = join(labFolder, host);
    if (hierarchy.version === 2 && v2only) await enableInRoot(hierarchy.mount);
    await mkdir(labFolder, { recursive: true });
    if (hierarchy.version === 2 && v2only) await enableControllers(labFolder);
    if (hierarchy.controllers.includes('cpuset')) await inheritCpuset(hierarchy.mount, labFolder);
    await mkdir(hostFolder, { recursive: true });
    if (hierarchy.controllers.includes('cpuset')) await inheritCpuset(labFolder, hostFolder);
    if (hierarchy.version === 1 || v2only) await setLimits(hostFolder, hierarchy, limits);
    if (hierarchy.version === 2 && v2only) await enableControllers(hostFolder);
    folders.push(hostFolder);
  }
  return folders;
}

/** Ids of all processes in a lab, or in one of its hosts, its containers included. */
export async function cgroupProcesses(all: readonly Hierarchy[], lab: string, host = ''): Promise<number[]> {
  const pids = new Set<number>();
  for (const { mount } of all) {
    for (const folder of await withChildren(join(mount, lab, host))) {
      const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (line !== '' && line !== '0') pids.add(Number(line));
    }
  }
  return [...pids];
}

/**
 * In version 1 a process that is frozen ends at no signal. Container runtimes freeze what they kill or update for a moment, and
 * one that is killed in that moment leaves it so.
 */
async function thaw(all: readonly Hierarchy[], folders: readonly string[]): Promise<void> {
  const freezer = all.find(({ version, controllers }) => version === 1 && controllers.includes('freezer'));
  if (freezer === undefined) return;
  for (const folder of folders.filter((one) => one.startsWith(freezer.mount)))
    await writeFile(join(folder, 'freezer.state'), 'THAWED').catch(() => undefined);
}

/** Kills what runs in a lab's (or one host's) cgroups and removes them. True when there was something. */
export async function removeCgroups(all: readonly Hierarchy[], lab: string, host = ''): Promise<boolean> {
  const tops = all.map(({ mount }) => join(mount, lab, host));
  const left = async (): Promise<string[]> => (await Promise.all(tops.map(withChildren))).flat();
  const found = (await left()).length > 0;
  const killed = new Map<number, string>();
  const gone = await until(30, async () => {
    // Each time again: a launcher that was just being started may enter while others end.
    for (const pid of await cgroupProcesses(all, lab, host)) {
      const start = await processStart(pid);
      if (start !== undefined) killed.set(pid, start);
      kill(pid);
    }
    await thaw(all, await left());
    for (const folder of (await left()).reverse()) await rmdir(folder).catch(() => undefined);
    return (await left()).length === 0;
  });
  // A process leaves its control group a moment before it lets go of mounts and network namespace.
  for (const [pid, start] of killed) await until(10, async () => !(await isAlive({ pid, start })), 10);
  if (gone) return found;
  const pids = await cgroupProcesses(all, lab, host);
  throw new KinitError(
    pids.length > 0
      ? `Processes of the lab do not end: ${pids.join(' ')}`
      : `Control groups of the lab cannot be removed: ${(await left()).join(' ')}`,
    {
      class: 'timeout',
      tried: 'sent them SIGKILL for 30 s',
      hint: 'Run the same command again. If they stay, they hang in the kernel: see `ps -eo pid,stat,wchan,cmd`.',
    },
  );
}

/** The folder and all below it, parents first; empty when it does not exist. */
async function withChildren(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [];
  const children = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => withChildren(join(folder, entry.name))),
  );
  return [folder, ...children.flat()];
}

async function setLimits(folder: string, hierarchy: Hierarchy, limits: Limits): Promise<void> {
  for (const { file, value, needed } of limitFiles(hierarchy, limits)) {
    try {
      await writeFile(join(folder, file), value);
    } catch (cause) {
      if (needed)
        throw new KinitError(`This machine does not let kinit set ${file} for a test host`, {
          class: 'preflight',
          tried: `write ${value} to ${join(folder, file)}`,
          hint: 'The cpu and memory controllers must be available to root here. Inside a container, run it with its own cgroup namespace and --privileged.',
          cause,
        });
    }
  }
}

/** Each by itself: one controller the machine lacks must not stop the others. False when processes are in the way. */
async function enableControllers(folder: string): Promise<boolean> {
  let free = true;
  for (const controller of ['cpu', 'memory', 'cpuset', 'pids', 'io'])
    await writeFile(join(folder, 'cgroup.subtree_control'), `+${controller}`).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EBUSY') free = false;
    });
  return free;
}

/**
 * In a container without systemd the root of the control groups holds the container's processes, and only leaves may:
 * they move into one first, as docker-in-docker does it.
 */
async function enableInRoot(mount: string): Promise<void> {
  if (await enableControllers(mount)) return;
  await moveProcesses(mount, join(mount, 'init'));
  await enableControllers(mount);
}

/** All processes of a control group into another one. A process that ends meanwhile is fine. */
export async function moveProcesses(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const text = await readFile(join(from, 'cgroup.procs'), 'utf8');
  // One a write: the kernel takes no more. 0 stands for processes that are not to be seen from here.
  for (const pid of text.split('\n').filter((line) => line !== '' && line !== '0'))
    await appendFile(join(to, 'cgroup.procs'), `${pid}\n`).catch(() => undefined);
}

/** A new cpuset of version 1 is empty, and nothing can enter it until it is filled. */
async function inheritCpuset(parent: string, child: string): Promise<void> {
  for (const file of ['cpuset.mems', 'cpuset.cpus'])
    await writeFile(join(child, file), (await readFile(join(parent, file), 'utf8')).trim());
}
