import { STATIC_TAGS } from '../build/components.js';
import { programLayer } from '../images/layers.js';
import { byMinor, type Supply } from '../supply.js';

const TAGS = { '1.34': '3.10.1', '1.35': '3.10.1', '1.36': '3.10.2' };

/** What holds a pod's namespaces; every container runtime needs it. */
export const pause: Supply = {
  components: [
    { name: 'pause', programs: [{ name: 'pause', package: '.' }], tags: STATIC_TAGS, cgo: [], ldflags: () => [] },
  ],
  images: [
    {
      name: 'pause',
      on: 'all',
      pinned: true,
      ref: (version, registries) => registries.kubernetes(`pause:${byMinor(version, TAGS)}`),
      build: {
        // Of its own: a form of the control plane may be without the programs of the others.
        archive: 'pause',
        programs: ['pause'],
        packages: [],
        make: async (tools) => ({
          layers: [await programLayer(tools, 'pause', 'pause')],
          config: { entrypoint: ['/pause'], user: '65535:65535' },
        }),
      },
    },
  ],
};
