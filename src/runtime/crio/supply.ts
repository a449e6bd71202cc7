import { STATIC_TAGS } from '../../artifacts/build/components.js';
import type { Supply } from '../../artifacts/supply.js';
import { installed } from '../programs.js';
import { runc } from '../runc/index.js';

/** The official release, complete and static. */
const VERSION = '1.34.0';
const MODULE = 'github.com/cri-o/cri-o';

/** CRI-O with its helpers: conmon watches containers, pinns pins their namespaces; runc starts them. */
export const crioSupply: Supply = {
  components: [
    {
      name: 'crio',
      module: MODULE,
      programs: [
        { name: 'crio', package: `${MODULE}/cmd/crio`, install: installed('crio') },
        // CRI-O can only pull: this brings archives into its storage (components/crio/main.go).
        { name: 'crio-import', package: '.', install: installed('crio-import') },
        {
          name: 'conmon',
          install: installed('conmon'),
          c: {
            module: 'github.com/containers/conmon',
            folder: 'src',
            libraries: ['glib-2.0'],
            defines: (version) => [`VERSION="${version}"`, 'GIT_COMMIT=""'],
          },
        },
        {
          name: 'pinns',
          install: installed('pinns'),
          c: { module: MODULE, folder: 'pinns/src', libraries: [], defines: () => [] },
        },
      ],
      tags: [
        'containers_image_openpgp',
        'containers_image_ostree_stub',
        'exclude_graphdriver_btrfs',
        'exclude_graphdriver_devicemapper',
        'seccomp',
        ...STATIC_TAGS,
      ],
      cgo: ['amd64', 'arm64'],
      seccomp: true,
      glib: true,
      ldflags: () => ['-linkmode external', '-extldflags -static'],
    },
    ...runc.components,
  ],
  files: (kubernetesVersion, arch) => {
    const url = `https://storage.googleapis.com/cri-o/artifacts/cri-o.${arch}.v${VERSION}.tar.gz`;
    return [
      {
        version: VERSION,
        url,
        checksumUrl: `${url}.sha256sum`,
        programs: ['crio', 'conmon', 'pinns'].map((name) => ({
          name,
          ...installed(name),
          member: `cri-o/bin/${name}`,
        })),
      },
      ...runc.files(kubernetesVersion, arch),
    ];
  },
};
