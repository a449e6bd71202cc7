import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../model/text/digest.js';

/** Where every lab of this user has its folder (XDG base directories). */
export function labsFolder(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'kinit/lab');
}

/** Where root file systems are kept; safe to delete while no lab is up. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinit/lab');
}

/** Names of what a lab owns outside its folder. All follow from the lab's name, so that they are found without its state. */
export function labNames(lab: string): {
  readonly bridge: string;
  readonly table: string;
  readonly cgroup: string;
  readonly comment: string;
} {
  // Interface names have at most 15 characters (IFNAMSIZ).
  const short = lab.length <= 12 ? lab : `${lab.slice(0, 5)}-${sha256Hex(lab).slice(0, 6)}`;
  return {
    bridge: `kn-${short}`,
    table: `kinit_lab_${lab.replaceAll('-', '_')}`,
    cgroup: `kinit-lab-${lab}`,
    comment: `kinit-lab-${lab}`,
  };
}

/** The files of one host. */
export function hostFiles(
  labDirectory: string,
  host: string,
): {
  readonly folder: string;
  readonly disk: string;
  readonly image: string;
  readonly record: string;
  readonly console: string;
  readonly init: string;
} {
  const folder = join(labDirectory, 'hosts', host);
  return {
    folder,
    disk: join(folder, 'disk'),
    image: join(folder, 'disk.img'),
    record: join(folder, 'process'),
    console: join(folder, 'console.log'),
    init: join(folder, 'init'),
  };
}

/** One kinit at a time works on a lab. */
export function labLock(name: string): string {
  return join(labsFolder(), `.${name}.lock`);
}

/** One kinit at a time chooses a network, or changes settings of the machine. */
export function machineLock(): string {
  return join(labsFolder(), '.machine.lock');
}
