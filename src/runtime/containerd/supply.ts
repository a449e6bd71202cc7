import type { BinaryArtifact } from '../../model/artifact.js';
import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { githubRelease, type OfficialFile } from '../../artifacts/official/file.js';
import type { Supply } from '../../artifacts/supply.js';

/** Versions of official releases that go with every Kubernetes version kinit knows (containerd 2.x is needed from 1.36 on). */
const CONTAINERD = '2.4.2';
const RUNC = '1.4.3';

const CONTAINERD_MODULE = 'github.com/containerd/containerd/v2';
const RUNC_MODULE = 'github.com/opencontainers/runc';
const CONTAINERD_PROGRAMS = ['containerd', 'containerd-shim-runc-v2', 'ctr'];

/** containerd, and runc, which it starts containers with. */
export const containerdSupply: Supply = {
  components: [
    {
      name: 'containerd',
      module: CONTAINERD_MODULE,
      programs: CONTAINERD_PROGRAMS.map((name) => ({
        name,
        package: `${CONTAINERD_MODULE}/cmd/${name}`,
        install: installed(name),
      })),
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: (version) => [`-X ${CONTAINERD_MODULE}/version.Version=v${version}`],
    },
    {
      name: 'runc',
      module: RUNC_MODULE,
      programs: [{ name: 'runc', package: RUNC_MODULE, install: installed('runc') }],
      // Without seccomp every pod sandbox fails ("config provided but seccomp not supported").
      tags: ['seccomp', ...STATIC_TAGS],
      cgo: ['amd64', 'arm64'],
      seccomp: true,
      ldflags: (version) => ['-extldflags -static', `-X main.version=${version}`],
    },
  ],
  files: (_kubernetesVersion, arch) => {
    // The static build: the other one needs a newer C library than the oldest hosts have.
    const archive = `containerd-static-${CONTAINERD}-linux-${arch}.tar.gz`;
    const containerd: OfficialFile = {
      version: CONTAINERD,
      url: githubRelease('containerd/containerd', `v${CONTAINERD}`, archive),
      checksumUrl: githubRelease('containerd/containerd', `v${CONTAINERD}`, `${archive}.sha256sum`),
      programs: CONTAINERD_PROGRAMS.map((name) => ({ name, ...installed(name), member: `bin/${name}` })),
    };
    const runc: OfficialFile = {
      version: RUNC,
      url: githubRelease('opencontainers/runc', `v${RUNC}`, `runc.${arch}`),
      checksumUrl: githubRelease('opencontainers/runc', `v${RUNC}`, 'runc.sha256sum'),
      programs: [{ name: 'runc', ...installed('runc') }],
    };
    return [containerd, runc];
  },
};

function installed(name: string): Pick<BinaryArtifact, 'installPath' | 'links' | 'group'> {
  return { installPath: `/usr/local/bin/${name}`, links: [], group: 'containerd' };
}
