import { STATIC_TAGS } from '../build/components.js';
import { baseLayer, programLayer } from '../images/layers.js';
import { BASE_PACKAGES } from '../images/files.js';
import type { Supply } from '../supply.js';

const TAG = 'v0.28.4';
const MODULE = 'github.com/flannel-io/flannel';

export const flannel: Supply = {
  components: [
    {
      name: 'flannel',
      module: MODULE,
      programs: [{ name: 'flannel', package: MODULE }],
      tags: STATIC_TAGS,
      // Its udp backend is C, and exists on amd64 only.
      cgo: ['amd64'],
      ldflags: (version) => ['-extldflags -static', `-X ${MODULE}/pkg/version.Version=v${version}`],
    },
  ],
  images: [
    {
      name: 'flannel',
      on: 'all',
      ref: (_version, registries) => registries.other(`ghcr.io/flannel-io/flannel:${TAG}`),
      build: {
        archive: 'flannel',
        programs: ['flannel'],
        packages: BASE_PACKAGES,
        make: async (tools) => ({
          layers: [await baseLayer(tools), await programLayer(tools, 'flannel', 'opt/bin/flanneld')],
          config: { entrypoint: ['/opt/bin/flanneld'] },
        }),
      },
    },
  ],
};
