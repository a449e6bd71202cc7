import { directory } from '../../resources/index.js';
import { CNI_FOLDERS, type PackagedRuntime } from '../packaged.js';
import { daemonJsonFiles } from './config.js';
import { OLDEST } from './leftovers.js';
import { dockerSupply } from './supply.js';

/** Releases of the distribution whose package of the engine has its command too; later ones have that in one of its own. */
const COMMAND_INSIDE = ['bullseye', 'bookworm', 'jammy', 'noble'];

/** Of containers. */
export const MOUNTS = [
  '/run/docker/netns/*',
  '/var/lib/docker/overlay2/*/merged',
  '/var/lib/docker/containers/*/mounts/*',
];

/** The engine, its containerd and cri-dockerd make and fill these. */
export const FILLED = [
  ...['/var/lib/docker', '/var/lib/cri-dockerd', '/opt/containerd'],
  ...['/run/docker', '/run/containerd', '/run/nri'],
].map((path) => directory({ path, mode: 0o711, keepExisting: true, removeContents: true, mounts: MOUNTS }));

/** The engine reads its settings at its first start: without them it would make a bridge, and rules that drop what is forwarded. */
export const packagedDocker: PackagedRuntime = {
  packages: {
    distribution: (format, codename) =>
      format === 'deb'
        ? { versioned: ['docker.io'], others: COMMAND_INSIDE.includes(codename) ? [] : ['docker-cli'] }
        : undefined,
    docker: () => ({ versioned: ['docker-ce', 'docker-ce-cli'], others: ['containerd.io'] }),
  },
  oldest: { version: String(OLDEST), why: 'cri-dockerd speaks no older API' },
  before: (context) => [
    ...FILLED,
    ...CNI_FOLDERS,
    // With packages the engine uses a containerd of the host's.
    directory({ path: '/var/lib/containerd', mode: 0o711, keepExisting: true, removeContents: true }),
    directory({ path: '/etc/docker', mode: 0o755, keepExisting: true }),
    ...daemonJsonFiles(context),
  ],
  below: ['containerd'],
  supply: {
    unofficial: 'cri-dockerd, which no package has here, is published without checksum files',
    components: (dockerSupply.components ?? []).filter(({ name }) => name === 'cri-dockerd'),
  },
};
