import type { ShellScript } from '../../shell/script.js';
import type { ImageName } from './names.js';

/** One system that hosts can have. Every one is made of Debian's packages; an emulation is then made to look like another. */
export interface LabImage {
  readonly name: ImageName;
  /** For people. That of an emulation says that it is one. */
  readonly title: string;
  /** Debian's packages with another distribution's tools, files and names: kernel, C library and programs stay Debian's. */
  readonly emulated: boolean;
  /** Debian release its packages come from. */
  readonly suite: string;
  /** Packages besides those of every host. */
  readonly packages: readonly string[];
  /** What programs ask for names. Default: the servers that this machine asks. */
  readonly nameServers?: 'servers' | 'resolved';
  /** Makes another system of the finished root file system: runs on this machine, with its folder as ROOT. */
  readonly emulate?: { readonly script: ShellScript; readonly env: Readonly<Record<string, string>> };
}
