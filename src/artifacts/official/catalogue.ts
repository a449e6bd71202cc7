import type { Arch, BinaryArtifact } from '../../model/artifact.js';
import type { Mirror } from '../refs.js';

/** A program inside an official file, or the file itself. */
export interface OfficialProgram extends Pick<BinaryArtifact, 'name' | 'installPath' | 'links' | 'group'> {
  /** Path in the tar file; absent where the file is the program. */
  readonly member?: string;
}

/** One file of an official origin. */
export interface OfficialFile {
  readonly version: string;
  /** Host and path on the official origin, over HTTPS. Names the file in the lock file, whatever mirror it came from. */
  readonly url: string;
  /** The origin's own checksum file. Digests are not written down here: nobody on this project computed them. */
  readonly checksumUrl: string;
  readonly programs: readonly OfficialProgram[];
}

/** Versions that go together with every Kubernetes version kinit knows (containerd 2.x is needed from 1.36 on). */
const VERSIONS = { containerd: '2.4.2', runc: '1.4.3', cni: '1.9.1', crictl: '1.36.0' } as const;

const BIN = '/usr/local/bin';
const PLUGINS = ['bridge', 'loopback', 'host-local', 'portmap', 'bandwidth', 'tuning'];

/** The files of official releases that a host needs, with the places they go to. */
export function officialCatalogue(kubernetesVersion: string, arch: Arch): readonly OfficialFile[] {
  const { containerd, runc, cni, crictl } = VERSIONS;
  const kubernetes = ['kubelet', 'kubectl', 'kubeadm'].map((name): OfficialFile => {
    const url = `https://dl.k8s.io/release/v${kubernetesVersion}/bin/linux/${arch}/${name}`;
    return { version: kubernetesVersion, url, checksumUrl: `${url}.sha256`, programs: [program(name, 'kubernetes')] };
  });
  // The static build: the other one needs a newer C library than the oldest hosts have.
  const containerdUrl = github(
    'containerd/containerd',
    `v${containerd}`,
    `containerd-static-${containerd}-linux-${arch}.tar.gz`,
  );
  const runcUrl = github('opencontainers/runc', `v${runc}`, `runc.${arch}`);
  const cniUrl = github('containernetworking/plugins', `v${cni}`, `cni-plugins-linux-${arch}-v${cni}.tgz`);
  const crictlUrl = github('kubernetes-sigs/cri-tools', `v${crictl}`, `crictl-v${crictl}-linux-${arch}.tar.gz`);
  return [
    ...kubernetes,
    {
      version: containerd,
      url: containerdUrl,
      checksumUrl: `${containerdUrl}.sha256sum`,
      programs: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => ({
        ...program(name, 'containerd'),
        member: `bin/${name}`,
      })),
    },
    {
      version: runc,
      url: runcUrl,
      checksumUrl: github('opencontainers/runc', `v${runc}`, 'runc.sha256sum'),
      programs: [program('runc', 'containerd')],
    },
    {
      version: cni,
      url: cniUrl,
      checksumUrl: `${cniUrl}.sha256`,
      programs: PLUGINS.map((name) => ({
        name: `cni-${name}`,
        installPath: `/opt/cni/bin/${name}`,
        links: [],
        group: 'cni',
        member: name,
      })),
    },
    {
      version: crictl,
      url: crictlUrl,
      checksumUrl: `${crictlUrl}.sha256`,
      programs: [{ ...program('crictl', 'tools'), member: 'crictl' }],
    },
  ];
}

/**
 * Where a file of the official origin is fetched from. A base URL of the user's own, and DaoCloud's file mirror, lay
 * files out as <base>/<official host>/<path>. Aliyun has the images only, so its files come through DaoCloud too.
 */
export function mirrored(
  url: string,
  options: { readonly mirror: Mirror; readonly baseUrl?: string | undefined },
): string {
  const base = options.baseUrl ?? (options.mirror === 'none' ? undefined : 'https://files.m.daocloud.io');
  return base === undefined ? url : `${base.replace(/\/+$/, '')}/${url.replace(/^https:\/\//, '')}`;
}

function program(name: string, group: BinaryArtifact['group']): OfficialProgram {
  return { name, installPath: `${BIN}/${name}`, links: [], group };
}

function github(repository: string, tag: string, file: string): string {
  return `https://github.com/${repository}/releases/download/${tag}/${file}`;
}
