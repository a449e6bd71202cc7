import { readdir, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal } from '../../ssh/local.js';
import { labDown } from '../commands/down.js';
import { removeTree } from '../commands/remove.js';
import { sshCommand } from '../commands/ssh.js';
import { labUp } from '../commands/up.js';
import { hierarchies, removeCgroups } from '../host/cgroup.js';
import { until } from '../host/process.js';
import { KinitError } from '../../model/error.js';
import { isRunning } from '../run.js';
import { exists } from '../state/exists.js';
import { withLock } from '../state/lock.js';
import { cacheFolder, hostFiles } from '../state/paths.js';
import { namesOf, readState, stateNames } from '../state/state.js';
import type { Lab, LabHost } from '../types.js';
import { keepDisk } from './disk.js';
import { snapshotPart } from './layers.js';

export interface SnapshotOptions {
  /** Says all that decides what is on the hosts, so that two that are equal need not be made twice. Lower-case hex. */
  readonly digest: string;
  /** Name of the lab it is made with, which is away again afterwards. */
  readonly labName: string;
  /** Changes the hosts of that lab: node1 as control plane, node2 as worker. */
  readonly prepare: (lab: Lab) => Promise<void>;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

const PREFIX = 'snapshot-';

/**
 * Disks that hosts of a lab can start from (LabOptions.snapshot), one for control planes and one for workers. Made once by
 * preparing two hosts, kept in the cache folder. Gives the folder.
 * @internal For end-to-end tests.
 */
export async function ensureSnapshot(options: SnapshotOptions): Promise<string> {
  const folder = join(cacheFolder(), `${PREFIX}${options.digest}`);
  return withLock(join(cacheFolder(), '.snapshot.lock'), 900, options.signal, async () => {
    if (!(await exists(folder))) {
      await removeUnused();
      await make(options, folder);
    }
    await utimes(folder, new Date(), new Date());
    return folder;
  });
}

async function make({ labName, prepare, onProgress, signal }: SnapshotOptions, folder: string): Promise<void> {
  await labDown(labName, onProgress);
  try {
    const lab = await labUp({ name: labName, hosts: 2, cpus: 2, memoryMB: 3072, onProgress, signal });
    await prepare(lab);
    const half = `${folder}.new`;
    await removeTree(half);
    await Promise.all(
      lab.hosts.map(async (host) => {
        await switchOff(lab, host);
        await keepDisk(hostFiles(lab.directory, host.name).disk, join(half, snapshotPart(host.roles)));
      }),
    );
    await rename(half, folder);
  } finally {
    await labDown(labName, onProgress);
  }
}

/** Orderly: what programs have in hand comes onto the disk. */
async function switchOff(lab: Lab, host: LabHost): Promise<void> {
  const [program = 'ssh', ...args] = sshCommand(lab, host.name, ['systemctl', 'poweroff']);
  await runLocal(program, args, { reject: false });
  const all = await hierarchies();
  if (!(await until(60, async () => !(await isRunning(all, lab, host)), 200)))
    throw new KinitError(`Test host ${host.name} does not switch off`, { class: 'timeout', host: host.name });
  await removeCgroups(all, namesOf(lab).cgroup, host.name);
}

/** How many stay besides those that labs stand on: checkouts beside each other each have their own. */
const KEPT = 2;

/** All but the last used ones that no lab of this user stands on, and what a killed run left. */
async function removeUnused(): Promise<void> {
  const states = await Promise.all((await stateNames()).map(readState));
  const used = states.flatMap((state) => state?.hosts.flatMap(({ snapshot }) => snapshot ?? []) ?? []);
  const entries = (await readdir(cacheFolder()).catch(() => [])).filter((entry) => entry.startsWith(PREFIX));
  const free = entries
    .map((entry) => join(cacheFolder(), entry))
    .filter((path) => !used.some((each) => each.startsWith(`${path}/`)));
  const dated = await Promise.all(free.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })));
  const newest = dated.filter(({ path }) => !path.endsWith('.new')).sort((a, b) => b.time - a.time);
  const kept = newest.slice(0, KEPT).map(({ path }) => path);
  for (const path of free) if (!kept.includes(path)) await removeTree(path);
}
