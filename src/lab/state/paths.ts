import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { sha256Hex } from '../../model/text/digest.js';

/** Where every lab of this user has its folder (XDG base directories). */
export function labsFolder(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'kinit/lab');
}

/** Where root file systems are kept; safe to delete while no lab is up. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinit/lab');
}

/** Names of what a lab owns outside its folder, where all labs of the machine share one space of names. */
export interface LabNames {
  readonly bridge: string;
  readonly table: string;
  readonly cgroup: string;
  /** On rules of iptables. */
  readonly comment: string;
  /** systemd-nspawn's name for a host; it also names the machine's end of the host's cable (vb-...). */
  readonly machine: (host: string) => string;
  /** The same end, for a driver that lays the cable itself. */
  readonly cable: (host: string) => string;
}

/** Interface names have at most 15 characters (IFNAMSIZ). */
const cableOf = (machine: string): string => `vb-${machine}`.slice(0, 15);

/**
 * All follow from the lab's name and the folder its state lies in, so that they are found without its state, and labs
 * of another user, home or checkout that have the same name are not touched.
 */
export function labNames(lab: string, folder = labsFolder()): LabNames {
  const digest = (text: string): string => sha256Hex(text).slice(0, 6);
  const owner = digest(resolve(folder));
  const own = digest(`${resolve(folder)}\0${lab}`);
  return {
    // Interface names have at most 15 characters (IFNAMSIZ).
    bridge: `kn-${lab.slice(0, 5)}-${own}`,
    table: `kinit_lab_${owner}_${lab.replaceAll('-', '_')}`,
    cgroup: `kinit-lab-${owner}-${lab}`,
    comment: `kinit-lab-${owner}-${lab}`,
    // The host first: old versions of nspawn cut "vb-" and the name to 15 characters.
    machine: (host) => `${host}-${own}`,
    cable: (host) => cableOf(`${host}-${own}`),
  };
}

/** The names of labs made before the folder was part of them. */
export function earlierLabNames(lab: string): LabNames {
  const short = lab.length <= 12 ? lab : `${lab.slice(0, 5)}-${sha256Hex(lab).slice(0, 6)}`;
  return {
    bridge: `kn-${short}`,
    table: `kinit_lab_${lab.replaceAll('-', '_')}`,
    cgroup: `kinit-lab-${lab}`,
    comment: `kinit-lab-${lab}`,
    machine: (host) => `${lab}-${host}`,
    cable: (host) => cableOf(`${lab}-${host}`),
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
  readonly kernel: string;
} {
  const folder = join(labDirectory, 'hosts', host);
  return {
    folder,
    disk: join(folder, 'disk'),
    image: join(folder, 'disk.img'),
    record: join(folder, 'process'),
    console: join(folder, 'console.log'),
    init: join(folder, 'init'),
    kernel: join(folder, 'linux'),
  };
}

/** One kinit at a time works on a lab. */
export function labLock(name: string): string {
  return join(labsFolder(), `.${name}.lock`);
}

/** What kinit knows about this machine as a whole, for all its users: gone with the boot, as the settings themselves are. */
export function machineFolder(): string {
  return '/run/kinit-lab';
}

/** One kinit at a time chooses a network, or changes settings of the machine. */
export function machineLock(): string {
  return join(machineFolder(), 'lock');
}
