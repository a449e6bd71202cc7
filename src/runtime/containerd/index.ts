import { shellScript } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';
import { imports, packagedDaemon } from './leftovers.js';
import { shadowedUnits } from '../packaged.js';
import { MOUNTS, packagedContainerd } from './packaged.js';
import { containerdResources } from './resources.js';
import { containerdSupply } from './supply.js';

/** containerd 2.x with its own CRI plugin, and runc below it. */
export const containerd: ContainerRuntime = {
  id: 'containerd',
  title: 'containerd',
  words: ['containerd', 'ctr', 'runc'],
  units: ['containerd'],
  sockets: ['/run/containerd/containerd.sock'],
  dataFolder: '/var/lib/containerd',
  moreFolders: ['/opt/containerd'],
  configFile: '/etc/containerd/config.toml',
  settings: shellScript('./settings.sh', import.meta.url),
  programs: ['containerd', 'runc'],
  resources: containerdResources,
  refusesMirror: () => undefined,
  refusesAddress: () => undefined,
  images: {
    describe: {
      change: "Loads container images into containerd's `k8s.io` namespace",
      undone: 'They go with `/var/lib/containerd`; where that was in use before, those that kinit loaded are removed',
    },
    knownBy: 'manifest',
    list: shellScript('./list-images.sh', import.meta.url),
    load: shellScript('./load-images.sh', import.meta.url),
    name: shellScript('./name-images.sh', import.meta.url),
    loadCommand: 'ctr -n k8s.io images import',
    save: shellScript('./save-images.sh', import.meta.url),
    restore: shellScript('./restore-images.sh', import.meta.url),
  },
  stopPods: shellScript('./stop-pods.sh', import.meta.url),
  leftovers: [imports, packagedDaemon, shadowedUnits('containerd', ['containerd'])],
  mounts: MOUNTS,
  packaged: packagedContainerd,
  supply: containerdSupply,
};
