import type { PackageMirror } from '../../artifacts/mirror.js';
import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import type { ShellScript } from '../../shell/script.js';

/** The section `kernel` of an inventory. */
export type KernelOptions = NonNullable<Spec['kernel']>;

/** What it depends on where a kernel is fetched from. */
export interface KernelHost {
  /** As os-release(5) has it. */
  readonly versionId: string;
  readonly arch: HostFacts['arch'];
  readonly mirror: PackageMirror;
}

/** An address that a host asks for a kernel, besides its repositories. */
export interface KernelOrigin {
  readonly kind: 'package' | 'key';
  readonly official: string;
  readonly from: string;
  /** sha256:... that the inventory binds it to. */
  readonly boundTo?: string;
}

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
  /** What such a host fetches from outside of its repositories; nothing where its release is not meant. Absent: nothing. */
  readonly fetches?: (options: KernelOptions, host: KernelHost) => readonly KernelOrigin[];
  /**
   * sh text that installs it, changes nothing of what boots, prints 'release=R', and can be run again. It waits for other package
   * managers, and tells that it goes on.
   * @param environment variables for what fetches it: proxies
   */
  readonly install: (options: KernelOptions, environment: Readonly<Record<string, string>>, host: KernelHost) => string;
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
