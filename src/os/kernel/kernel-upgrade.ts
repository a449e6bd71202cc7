import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import type { ShellScript } from '../../shell/script.js';

/** The section `kernel` of an inventory. */
export type KernelOptions = NonNullable<Spec['kernel']>;

/** One way to another kernel, as the inventory names it. */
export interface KernelUpgrade {
  readonly id: string;
  /** What it brings, for people: behind "kinit init installs". */
  readonly brings: (options: KernelOptions) => string;
  /** Options it cannot do without. */
  readonly needs: readonly ('package' | 'sha256')[];
  /** Why it is not for this host; undefined where it is. */
  readonly unfit?: (facts: HostFacts, options: KernelOptions) => string | undefined;
  /** The release that it brings, as `uname -r` will have it, where the options say so. */
  readonly release?: (options: KernelOptions) => string | undefined;
  /**
   * sh text that installs it, changes nothing of what boots, prints 'release=R', and can be run again. It waits for other package
   * managers, and tells that it goes on.
   * @param environment variables for what fetches it: proxies
   */
  readonly install: (
    options: KernelOptions,
    environment: Readonly<Record<string, string>>,
    os: HostFacts['os'],
  ) => string;
}

/** How a family's boot loader chooses a kernel. The scripts say on standard error what is wrong, and end with 1. */
export interface BootLoader {
  /** The kernel that runs is what every boot takes from now on, also once others are installed. */
  readonly hold: ShellScript;
  /** "$1": release. The next boot takes it, that one alone; where it panics, the host boots again by itself. */
  readonly once: ShellScript;
  /** "$1": release. Every boot takes it. */
  readonly keep: ShellScript;
}

/** What a family knows of kernels. */
export interface FamilyKernels {
  readonly upgrades: readonly KernelUpgrade[];
  readonly bootLoader: BootLoader;
}
