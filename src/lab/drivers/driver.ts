import type { LabImage } from '../images/image.js';
import type { Lab, LabHost } from '../types.js';
import type { DriverName } from './names.js';

/** What a driver gets to start a host with. */
export interface StartOptions {
  readonly rootfs: string;
  /** The host's control groups, one a hierarchy; they hold its limits. */
  readonly cgroups: readonly string[];
  readonly mtu: number;
}

/** What a driver gets to make what its hosts need besides the root file system. */
export interface PrepareOptions {
  /** The folder of the root file system. */
  readonly rootfs: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What new hosts shall be, as far as a driver may not be able to make them. */
export interface WantedHosts extends Pick<LabHost, 'cpus' | 'memoryMB' | 'snapshot' | 'productUuid'> {
  readonly image: LabImage;
}

/** The command that runs a host; it ends when the host does. */
export interface HostCommand {
  /** sh text; it gets the folder of the host, the layers below its disk, the control groups, "--" and the program's words. */
  readonly script: string;
  readonly program: readonly string[];
}

/** One way to make throwaway hosts. Network, limits, root file system, keys and state are the same for all. */
export interface Driver {
  readonly name: DriverName;
  /** For people: half a sentence. */
  readonly describe: string;
  /** Hosts have a kernel of their own: clock, swap, modules, settings and control groups are not the machine's. */
  readonly ownKernel: boolean;
  /** Programs it needs besides those of every lab, and the Debian packages they come from. */
  readonly tools: Readonly<Record<string, string>>;
  /** Disk a new host takes before anything is installed in it, in MiB. */
  readonly hostMB: number;
  /** Why none of its hosts can run on this machine, whatever their size; undefined where they can. */
  readonly unavailable: () => Promise<string | undefined>;
  /** Throws 'usage' or 'preflight' where it cannot make such hosts here. */
  readonly check: (wanted: WantedHosts) => void;
  /** Makes what its hosts need besides the root file system, where that is not there yet. May take minutes. */
  readonly prepare: (options: PrepareOptions) => Promise<void>;
  /** Bound on a host's boot. */
  readonly bootSeconds: number;
  /** Brings what stands in the host's folder `disk/upper` (names and keys) over its layers into the form it boots from. */
  readonly makeDisk: (lab: Lab, host: LabHost, rootfs: string) => Promise<void>;
  /** Memory the host's processes may take on this machine, in MiB. */
  readonly cgroupMemoryMB: (host: LabHost) => number;
  readonly command: (lab: Lab, host: LabHost, options: StartOptions) => Promise<HostCommand>;
  /** Power cut: ends all that runs in the host at once. `pids` are its processes. */
  readonly cutPower: (pids: readonly number[]) => Promise<void>;
}
