import { STATIC_TAGS } from '../../artifacts/build/components.js';
import type { Supply } from '../../artifacts/supply.js';
import { containerdSupply } from '../containerd/supply.js';
import { installed } from '../programs.js';

const ENGINE = 'github.com/docker/docker';
const CLI = 'github.com/docker/cli';
const CRI = 'github.com/Mirantis/cri-dockerd';

/**
 * The engine with its command, cri-dockerd, by which the kubelet speaks to it, and containerd, which the engine starts for
 * itself.
 */
export const dockerSupply: Supply = {
  unofficial: 'Docker publishes its programs without checksum files',
  components: [
    {
      name: 'dockerd',
      module: ENGINE,
      programs: [
        { name: 'dockerd', package: `${ENGINE}/cmd/dockerd`, install: installed('dockerd') },
        { name: 'docker', package: `${CLI}/cmd/docker`, install: installed('docker') },
      ],
      tags: ['exclude_graphdriver_btrfs', ...STATIC_TAGS],
      cgo: [],
      // Both are of one version.
      ldflags: (version) => [
        `-X ${ENGINE}/dockerversion.Version=${version}`,
        `-X ${CLI}/cli/version.Version=${version}`,
      ],
    },
    {
      name: 'cri-dockerd',
      module: CRI,
      // Upstream's, with addresses of streams that kubelets take (components/cri-dockerd/main.go).
      programs: [{ name: 'cri-dockerd', package: '.', install: installed('cri-dockerd') }],
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: (version) => [`-X ${CRI}/cmd/version.Version=${version}`],
    },
    ...containerdSupply.components,
  ],
};
