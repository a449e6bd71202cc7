import { shellScript } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';
import { SOCKET } from './config.js';
import { DAEMON_JSON } from './daemon-json.js';
import { manifestEntry } from './manifest-json.js';
import { dockerLeftovers } from './leftovers.js';
import { MOUNTS, packagedDocker } from './packaged.js';
import { dockerResources } from './resources.js';
import { dockerSupply } from './supply.js';

/** Docker's engine, which the kubelet speaks to through cri-dockerd. */
export const docker: ContainerRuntime = {
  id: 'docker',
  title: 'Docker with cri-dockerd',
  words: ['dockerd', 'cri-docker', 'daemon.json', 'moby'],
  units: ['docker', 'cri-docker'],
  sockets: [SOCKET, '/var/run/cri-dockerd.sock'],
  dataFolder: '/var/lib/docker',
  moreFolders: ['/var/lib/containerd', '/var/lib/cri-dockerd', '/opt/containerd'],
  configFile: DAEMON_JSON,
  settings: shellScript('./settings.sh', import.meta.url),
  programs: ['dockerd', 'cri-dockerd', 'runc'],
  resources: dockerResources,
  refusesMirror: (registry) =>
    registry === 'docker.io' ? undefined : 'Docker has mirrors of docker.io only; another runtime has them of others',
  refusesAddress: ({ above, prefix }) =>
    above === '' && prefix === ''
      ? undefined
      : 'Docker takes a mirror by its host alone, without a path; another runtime takes one with a path',
  images: {
    describe: {
      change: "Loads container images into Docker's engine",
      undone: 'They go with `/var/lib/docker`; where that was in use before, those that kinit loaded are removed',
    },
    knownBy: 'configuration',
    list: shellScript('./list-images.sh', import.meta.url),
    before: manifestEntry,
    load: shellScript('./load-images.sh', import.meta.url),
    name: shellScript('./name-images.sh', import.meta.url),
    loadCommand: 'docker load',
    save: shellScript('./save-images.sh', import.meta.url),
    restore: shellScript('./restore-images.sh', import.meta.url),
  },
  stopPods: shellScript('./stop-pods.sh', import.meta.url),
  leftovers: dockerLeftovers,
  mounts: MOUNTS,
  packaged: packagedDocker,
  supply: dockerSupply,
};
