import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { baseLayer, programLayer } from '../../artifacts/images/layers.js';
import { BASE_PACKAGES } from '../../artifacts/images/files.js';
import type { Supply } from '../../artifacts/supply.js';

const TAG = 'v0.28.4';
const MODULE = 'github.com/flannel-io/flannel';

export const flannelSupply: Supply = {
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
