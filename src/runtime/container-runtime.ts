import type { z } from 'zod';
import type { Supply } from '../artifacts/supply.js';
import type { ImageArtifact } from '../model/artifact.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { PhaseContext } from '../model/phase.js';
import type { MirrorUrl } from '../model/text/mirror-url.js';
import type { KindDescription, Resource } from '../model/resource.js';
import type { PackagedRuntime } from './packaged.js';
import type { ShellScript } from '../shell/script.js';

/** What differs between container runtimes. A kind is one folder here, and one entry in index.ts. */
export interface ContainerRuntime {
  /** What `runtime.name` in the inventory says. */
  readonly id: string;
  /** systemd units, in the order they start; the last one speaks the CRI. */
  readonly units: readonly [string, ...string[]];
  /** Paths of the sockets on which it may speak the CRI, likeliest first: ours is the first, others may have installed it too. */
  readonly sockets: readonly [string, ...string[]];
  /** What it asks in the inventory's `runtime` section. */
  readonly options?: Readonly<Record<string, z.ZodType>>;
  /** For people. */
  readonly title: string;
  /** Words that give it away: they stand in no other room (test/seams.test.ts). */
  readonly words: readonly string[];
  /** Images and containers lie here; the file system it is on needs room. */
  readonly dataFolder: string;
  /** More that it fills, or its package does; those below /etc, /run and /usr, which are no option's to take, may be left out. */
  readonly moreFolders?: readonly string[];
  /** Its configuration, in the file a person would look at. */
  readonly configFile: string;
  /** For the doctor: prints the lines of it that a cluster depends on, as the runtime understands them. */
  readonly settings: ShellScript;
  /** Programs that say their version with --version. */
  readonly programs: readonly string[];
  /** Configuration, units, and the service running with just these; proxyRevision (model/seams) is a part of its revision. */
  readonly resources: (context: PhaseContext) => readonly Resource[];
  /** Why it can have no mirror of this registry, for people; undefined where it can. */
  readonly refusesMirror: (registry: string) => string | undefined;
  /** Why it cannot ask a mirror at such an address. */
  readonly refusesAddress: (mirror: MirrorUrl) => string | undefined;
  readonly images: ImageStore;
  /**
   * For reset: stops and removes every pod of the cluster, after the kubelet was stopped.
   * Takes no arguments; ends with code 1 and says on standard output what still runs.
   */
  readonly stopPods: ShellScript;
  /** What others leave in its configuration. */
  readonly leftovers: readonly LeftoverRow[];
  /** Shell patterns of mounts that it makes for pods. */
  readonly mounts: readonly string[];
  /** How it comes as packages of the hosts'. Absent: it has none. */
  readonly packaged?: PackagedRuntime;
  /** Programs of its own; what all runtimes share (crictl, the pause image) comes besides. */
  readonly supply: Supply;
}

/** How a runtime keeps images. Scripts find its programs in the PATH that sudo leaves them. */
export interface ImageStore {
  /** Where images go at init, and how reset takes them away. */
  readonly describe: KindDescription;
  /** By the digest of which part it knows images: DIGEST below is that one. */
  readonly knownBy: 'manifest' | 'configuration';
  /**
   * Prints a line 'REFERENCE DIGEST pinned' or 'REFERENCE DIGEST -' for each reference, in full, by tag (NAME:TAG) or by
   * digest (NAME@sha256:...): what was pulled by digest has no tag; nothing where it does not
   * run. DIGEST is all that one image came by, with commas between. A runtime that has no pins says of all that they are pinned: there is nothing to do about them.
   */
  readonly list: ShellScript;
  /** Bytes that `load` needs in front of an archive, for example an entry of the tar file that others can do without. */
  readonly before?: (archive: NonNullable<ImageArtifact['archive']>) => Promise<Uint8Array>;
  /** Standard input: OCI archives one after the other, "$@" their sizes in bytes. Loads and unpacks them. */
  readonly load: ShellScript;
  /**
   * After loading or pulling: gives images the references they lack, and pins. "$@": one argument an image,
   * 'DIGEST pinned REFERENCE...' or 'DIGEST - REFERENCE...'; a DIGEST of - takes any.
   */
  readonly name: ShellScript;
  /** Program among the artifacts that load runs, where it is not the runtime's own: official releases may lack it. */
  readonly loader?: string;
  /** What load runs, for the message of a failure. */
  readonly loadCommand: string;
  /** For the undo journal: notes into "$D" which images there are, where kinit's do not go with the data folder. */
  readonly save: ShellScript;
  /** Removes the images that came since. */
  readonly restore: ShellScript;
}
