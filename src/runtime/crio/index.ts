import { shellScript } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';
import { CONFIG, crioResources, MOUNTS, SOCKET } from './resources.js';
import { crioSupply } from './supply.js';

/** CRI-O, with conmon over each container and runc below. */
export const crio: ContainerRuntime = {
  id: 'crio',
  title: 'CRI-O',
  words: ['crio', 'cri-o', 'conmon', 'pinns'],
  units: ['crio'],
  sockets: [SOCKET],
  dataFolder: '/var/lib/containers',
  moreFolders: ['/var/lib/crio', '/var/log/crio'],
  configFile: CONFIG,
  settings: shellScript('./settings.sh', import.meta.url),
  programs: ['crio', 'conmon', 'runc'],
  resources: crioResources,
  refusesMirror: (registry) =>
    registry === '_default' ? 'CRI-O has no mirror for all registries: name them one by one' : undefined,
  refusesAddress: ({ above }) =>
    above === '' ? undefined : 'CRI-O asks a mirror at /v2 of its host only; containerd asks one below a path too',
  images: {
    describe: {
      change: "Loads container images into CRI-O's storage",
      undone: 'They go with `/var/lib/containers`; where that was in use before, those that kinit loaded are removed',
    },
    knownBy: 'manifest',
    list: shellScript('./list-images.sh', import.meta.url),
    load: shellScript('./load-images.sh', import.meta.url),
    name: shellScript('./name-images.sh', import.meta.url),
    loader: 'crio-import',
    loadCommand: 'crio-import',
    save: shellScript('./save-images.sh', import.meta.url),
    restore: shellScript('./restore-images.sh', import.meta.url),
  },
  stopPods: shellScript('./stop-pods.sh', import.meta.url),
  leftovers: [],
  mounts: MOUNTS,
  supply: crioSupply,
};
