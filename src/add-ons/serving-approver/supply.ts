import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { programLayer } from '../../artifacts/images/layers.js';
import type { Supply } from '../../artifacts/supply.js';

export const NAME = 'serving-approver';

export const servingApproverSupply: Supply = {
  components: [{ name: NAME, programs: [{ name: NAME, package: '.' }], tags: STATIC_TAGS, cgo: [], ldflags: () => [] }],
  images: [
    {
      name: NAME,
      on: 'control-plane',
      own: true,
      ref: () => `kinit.local/${NAME}:1`,
      build: {
        archive: NAME,
        programs: [NAME],
        packages: [],
        make: async (tools) => ({
          layers: [await programLayer(tools, NAME, NAME)],
          config: { entrypoint: [`/${NAME}`], user: '65532:65532' },
        }),
      },
    },
  ],
};
