import { KinitError } from './error.js';

/** Node and image architectures kinit knows, by Go's names. */
export const ARCHES = ['amd64', 'arm64'] as const;
export type Arch = (typeof ARCHES)[number];

/** One executable (or plain file) for the hosts, present on the operator's machine. */
export interface BinaryArtifact {
  /** For example 'kubelet', 'containerd', 'runc', 'cni-bridge'; 'kube' is the multi-call binary of a source build. */
  readonly name: string;
  readonly version: string;
  readonly localFile: string;
  /** '' in a plan, where it is not built or fetched yet: then file and size are not known either. */
  readonly sha256: string;
  readonly size: number;
  /** Absolute path on the host, for example /usr/local/bin/kubelet or /opt/cni/bin/bridge. */
  readonly installPath: string;
  /** Absolute paths of symbolic links to it (multi-call names). */
  readonly links: readonly string[];
  /** Where hosts may fetch it for themselves; absent: only this machine has it. */
  readonly download?: Download;
  /** What needs it: 'kubernetes', 'cni', 'tools', or 'runtime', of which hosts get those of the runtime chosen. */
  readonly group: string;
  /** Absent: every host gets it. */
  readonly on?: 'control-plane';
}

/** A file of a release. */
export interface Download {
  readonly url: string;
  /** Of the file; '' in a plan, where it is not known yet. */
  readonly sha256: string;
  /** Path of the program in it, where it is an archive (tar, gzip). */
  readonly member?: string;
}

/** One container image. */
export interface ImageArtifact {
  /** For example 'kube-apiserver', 'pause'. */
  readonly name: string;
  /** Full references it answers to on a host, for example registry.k8s.io/kube-apiserver:v1.36.3. */
  readonly refs: readonly string[];
  /** OCI archive on the operator's machine (sha256 '': not built yet); absent when hosts pull it themselves. Images with the same archive are imported together. */
  readonly archive?: { readonly localFile: string; readonly sha256: string; readonly size: number };
  /** Manifest digest (sha256:...), where known; of what hosts pull, what it is pulled by ('': its registry was not asked yet). */
  readonly digest?: string;
  /** Digest of its configuration (sha256:...), where known: what the CRI and Docker call an image's id. */
  readonly id?: string;
  /** Which hosts need it. */
  readonly on: 'all' | 'control-plane' | 'smoke-test';
  readonly pinned?: boolean;
}

/** Everything one architecture's hosts need, complete and checked, on the operator's machine; in a plan perhaps only by name. */
export interface ArtifactSet {
  readonly arch: Arch;
  readonly source: 'official' | 'source' | 'bundle';
  readonly kubernetesVersion: string;
  readonly binaries: readonly BinaryArtifact[];
  readonly images: readonly ImageArtifact[];
  /** What among it is of a later version, while the cluster soaks. */
  readonly ahead?: {
    readonly kubernetesVersion: string;
    /** Names of the images that are. */
    readonly images: readonly string[];
    /** All programs of that version; installed is what a form of the control plane is ahead by. */
    readonly binaries: readonly BinaryArtifact[];
  };
}

/** Image references by image name, for manifests. Every source uses the same names (a mirror changes the registry). */
export type ImageRefs = Readonly<Record<string, string>>;

/** The reference of one image. Throws 'internal' for a name that no supply brings. */
export function imageRef(images: ImageRefs, name: string): string {
  const ref = images[name];
  if (ref !== undefined) return ref;
  throw new KinitError(`no image is called ${name}`, {
    class: 'internal',
    found: Object.keys(images).join(', '),
    hint: 'A kind that uses an image names it in its supply.',
  });
}
