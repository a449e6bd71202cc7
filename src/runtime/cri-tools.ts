import { STATIC_TAGS } from '../artifacts/build/components.js';
import { githubRelease } from '../artifacts/official/file.js';
import type { Supply } from '../artifacts/supply.js';

const VERSION = '1.36.0';

const installed = { installPath: '/usr/local/bin/crictl', links: [], group: 'tools' } as const;

/** crictl speaks the CRI with any runtime: kinit pulls images and stops pods through it, and so do people. */
export const criTools: Supply = {
  components: [
    {
      name: 'crictl',
      module: 'sigs.k8s.io/cri-tools',
      programs: [{ name: 'crictl', package: 'sigs.k8s.io/cri-tools/cmd/crictl', install: installed }],
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: (version) => [`-X sigs.k8s.io/cri-tools/pkg/version.Version=v${version}`],
    },
  ],
  files: (_kubernetesVersion, arch) => {
    const url = githubRelease('kubernetes-sigs/cri-tools', `v${VERSION}`, `crictl-v${VERSION}-linux-${arch}.tar.gz`);
    return [
      {
        version: VERSION,
        url,
        checksumUrl: `${url}.sha256`,
        programs: [{ name: 'crictl', ...installed, member: 'crictl' }],
      },
    ];
  },
};
