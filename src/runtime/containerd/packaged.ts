import { directory } from '../../resources/index.js';
import { CNI_FOLDERS, type PackagedRuntime } from '../packaged.js';

/** Of pods. */
export const MOUNTS = [
  '/run/containerd/io.containerd.runtime.v2.task/k8s.io/*',
  '/run/containerd/io.containerd.grpc.v1.cri/*',
];

/** It makes and fills these at its start. */
export const FILLED = [
  directory({ path: '/var/lib/containerd', mode: 0o700, removeContents: true }),
  directory({ path: '/run/containerd', mode: 0o711, removeContents: true, mounts: MOUNTS }),
  directory({ path: '/opt/containerd', mode: 0o711, keepExisting: true, removeContents: true }),
  directory({ path: '/run/nri', mode: 0o755, keepExisting: true, removeContents: true }),
] as const;

/** The distribution's package needs runc's; Docker's brings its own. */
export const packagedContainerd: PackagedRuntime = {
  packages: {
    distribution: (format) => (format === 'deb' ? { versioned: ['containerd'], others: ['runc'] } : undefined),
    docker: () => ({ versioned: ['containerd.io'], others: [] }),
  },
  oldest: { version: '1.6', why: 'older ones do not speak the CRI that kubelets do (v1)' },
  before: () => [...FILLED, ...CNI_FOLDERS],
  below: [],
  supply: {},
};
