import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { githubRelease, type OfficialFile } from '../../artifacts/official/file.js';
import type { Supply } from '../../artifacts/supply.js';
import { installed } from '../programs.js';
import { runc } from '../runc/index.js';

/** The version of the official release that goes with every Kubernetes version kinit knows (2.x is needed from 1.36 on). */
const VERSION = '2.4.2';

const MODULE = 'github.com/containerd/containerd/v2';
const PROGRAMS = ['containerd', 'containerd-shim-runc-v2', 'ctr'];

/** containerd, and runc, which it starts containers with. */
export const containerdSupply: Required<Pick<Supply, 'components' | 'files'>> = {
  components: [
    {
      name: 'containerd',
      module: MODULE,
      programs: PROGRAMS.map((name) => ({ name, package: `${MODULE}/cmd/${name}`, install: installed(name) })),
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: (version) => [`-X ${MODULE}/version.Version=v${version}`],
    },
    ...runc.components,
  ],
  files: (kubernetesVersion, arch) => {
    // The static build: the other one needs a newer C library than the oldest hosts have.
    const archive = `containerd-static-${VERSION}-linux-${arch}.tar.gz`;
    const containerd: OfficialFile = {
      version: VERSION,
      url: githubRelease('containerd/containerd', `v${VERSION}`, archive),
      checksumUrl: githubRelease('containerd/containerd', `v${VERSION}`, `${archive}.sha256sum`),
      programs: PROGRAMS.map((name) => ({ name, ...installed(name), member: `bin/${name}` })),
    };
    return [containerd, ...runc.files(kubernetesVersion, arch)];
  },
};
