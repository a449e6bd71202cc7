import type { DriverName } from './drivers/names.js';
import type { ImageName } from './images/names.js';

/** What one lab shall be. */
export interface LabOptions {
  /** DNS label of at most 30 characters. Default 'demo'. */
  readonly name?: string;
  /** How many hosts the lab shall have. A running lab that has fewer gets the missing ones. */
  readonly hosts: number;
  /** CPUs of each new host; a share of the machine's time where the machine has fewer. */
  readonly cpus: number;
  /** Memory limit of each new host in MiB. */
  readonly memoryMB: number;
  /** So many of the first hosts get the role control-plane. Default 1. */
  readonly controlPlanes?: number;
  /** Size of each new host's disk in MiB. Default: no limit but the machine's own disk. */
  readonly diskMB?: number;
  /** What makes the new hosts. Default: what made the lab's first host; 'nspawn' for a new lab. */
  readonly driver?: DriverName;
  /** The system of its hosts; one for a whole lab. Default: what the lab has; 'debian-12' for a new lab. */
  readonly image?: ImageName;
  /** What the firmware of all new hosts says they are (SMBIOS system UUID), as clones of one machine do. Default: each its own. */
  readonly productUuid?: string;
  /** Folder of a snapshot that new hosts start from. Default: the bare root file system. */
  readonly snapshot?: string;
  /** Folder for inventory, keys and disks. Default: the lab's own under the user's state folder. */
  readonly directory?: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface LabHost {
  /** Name in the inventory: node1, node2, ... */
  readonly name: string;
  readonly address: string;
  readonly roles: readonly ('control-plane' | 'worker')[];
  readonly cpus: number;
  readonly memoryMB: number;
  readonly diskMB?: number;
  readonly driver: DriverName;
  /** The disk it started from, under its own; undefined for a bare host. */
  readonly snapshot?: string;
  /** What its firmware says it is, where that was chosen. */
  readonly productUuid?: string;
}

/** A lab as it stands in its state file. */
export interface Lab {
  readonly name: string;
  /** Absolute folder with inventory.yaml, id_ed25519, known_hosts and hosts/. */
  readonly directory: string;
  readonly inventoryFile: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** Folder that tells labs of one name apart on this machine; undefined for one made by an earlier version. */
  readonly owner?: string;
  /** The lab's network, for example 10.210.0.0/24. The machine is .1 in it. */
  readonly subnet: string;
  readonly image: ImageName;
  readonly hosts: readonly LabHost[];
}

export interface LabInfo extends Lab {
  readonly hosts: readonly (LabHost & { readonly state: 'running' | 'stopped' })[];
}
