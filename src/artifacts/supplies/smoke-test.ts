import { NGINX_PACKAGES, nginxEntries } from '../images/files.js';
import { layerOrder } from '../images/layers.js';
import type { Supply } from '../supply.js';

/** The version of Debian 12's nginx; Docker Hub has the same tag. */
const NGINX_TAG = '1.22.1';

/** The web server that a fresh cluster is tried out with. */
export const smokeTest: Supply = {
  images: [
    {
      name: 'nginx',
      on: 'smoke-test',
      ref: (_version, registries) => registries.other(`docker.io/library/nginx:${NGINX_TAG}`),
      build: {
        archive: 'nginx',
        programs: [],
        packages: NGINX_PACKAGES,
        make: async (tools) => {
          const debian = await tools.unpack(NGINX_PACKAGES);
          const layer = await tools.layer('nginx', () => Promise.resolve(layerOrder(nginxEntries(debian))));
          const labels = { 'org.opencontainers.image.version': debian.versions['nginx'] ?? NGINX_TAG };
          return { layers: [layer], config: { entrypoint: ['/usr/sbin/nginx'], cmd: ['-g', 'daemon off;'], labels } };
        },
      },
    },
  ],
};
