import { z } from 'zod';
import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { githubRelease } from '../../artifacts/official/file.js';
import type { Supply } from '../../artifacts/supply.js';
import { file } from '../../resources/index.js';
import { template } from '../../templates/template.js';

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

const crictlConfig = template(new URL('./crictl.hbs', import.meta.url), z.strictObject({ endpoint: z.string() }));

/** /etc/crictl.yaml: the socket that crictl speaks to where nobody names one. */
export function crictlYaml(socket: string): ReturnType<typeof file> {
  return file({ path: '/etc/crictl.yaml', content: crictlConfig({ endpoint: `unix://${socket}` }), mode: 0o644 });
}
