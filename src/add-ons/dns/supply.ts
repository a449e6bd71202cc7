import { STATIC_TAGS } from '../../artifacts/build/components.js';
import { layerOrder, programLayer } from '../../artifacts/images/layers.js';
import { BASE_PACKAGES, etcEntries } from '../../artifacts/images/files.js';
import { byMinor, type Supply } from '../../artifacts/supply.js';

const TAGS = { '1.34': 'v1.12.1', '1.35': 'v1.13.1', '1.36': 'v1.14.2' };

export const dnsSupply: Supply = {
  components: [
    {
      name: 'coredns',
      module: 'github.com/coredns/coredns',
      programs: [{ name: 'coredns', package: 'github.com/coredns/coredns' }],
      tags: STATIC_TAGS,
      cgo: [],
      ldflags: () => [],
    },
  ],
  images: [
    {
      name: 'coredns',
      on: 'all',
      ref: (version, registries) => registries.kubernetes(`coredns/coredns:${byMinor(version, TAGS)}`),
      build: {
        archive: 'coredns',
        programs: ['coredns'],
        packages: ['ca-certificates'],
        make: async (tools) => {
          const etc = await tools.layer('etc', async () =>
            layerOrder(etcEntries((await tools.unpack(BASE_PACKAGES)).entries)),
          );
          // The official image's user and file capability: port 53 without root.
          const xattrs = { 'security.capability': netBindService() };
          return {
            layers: [etc, await programLayer(tools, 'coredns', 'coredns', { xattrs })],
            config: { entrypoint: ['/coredns'], user: '65532:65532' },
          };
        },
      },
    },
  ],
};

/** struct vfs_cap_data, revision 2, effective: CAP_NET_BIND_SERVICE (10) permitted. */
function netBindService(): Uint8Array {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(0x02000001, 0);
  bytes.writeUInt32LE(1 << 10, 4);
  return bytes;
}
