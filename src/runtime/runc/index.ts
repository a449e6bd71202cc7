import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { githubRelease } from '../../artifacts/official/file.js';
import type { Supply } from '../../artifacts/supply.js';
import { installed } from '../programs.js';

const VERSION = '1.4.3';
const MODULE = 'github.com/opencontainers/runc';

/** The OCI runtime: every container runtime starts containers with it. */
export const runc: Required<Pick<Supply, 'components' | 'files'>> = {
  components: [
    {
      name: 'runc',
      module: MODULE,
      programs: [{ name: 'runc', package: MODULE, install: installed('runc') }],
      // Without seccomp every pod sandbox fails ("config provided but seccomp not supported").
      tags: ['seccomp', ...STATIC_TAGS],
      cgo: ['amd64', 'arm64'],
      seccomp: true,
      ldflags: (version) => ['-extldflags -static', `-X main.version=${version}`],
    },
  ],
  files: (_kubernetesVersion, arch) => [
    {
      version: VERSION,
      url: githubRelease('opencontainers/runc', `v${VERSION}`, `runc.${arch}`),
      checksumUrl: githubRelease('opencontainers/runc', `v${VERSION}`, 'runc.sha256sum'),
      programs: [{ name: 'runc', ...installed('runc') }],
    },
  ],
};
