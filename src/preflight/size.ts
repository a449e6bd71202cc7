import { isMember, type HostFacts } from '../model/facts.js';
import { atLeast, type Check } from './check.js';

/** kubeadm's ControlPlaneNumCPU is 2. */
export const cpu: Check = ({ facts, isControlPlane }) => [
  atLeast({
    name: 'cpu',
    title: 'Processors',
    value: facts.cpus,
    minimum: isControlPlane ? 2 : 1,
    recommended: 2,
    show: String,
    hint: isControlPlane
      ? 'Give the machine more processors, or make another host the control plane.'
      : 'Give the machine more processors; the system pods alone take a fifth of one.',
  }),
];

/** kubeadm's ControlPlaneMem is 1700 MB. A worker's kubelet, runtime and system pods take about 500 MB. */
export const memory: Check = ({ facts, isControlPlane }) => [
  atLeast({
    name: 'memory',
    title: 'Memory',
    value: facts.memoryMB,
    minimum: isControlPlane ? 1700 : 700,
    recommended: isControlPlane ? 2000 : 1024,
    show: (value) => `${String(value)} MB`,
    hint: isControlPlane
      ? 'Give the machine more memory, or make another host the control plane.'
      : 'Give the machine more memory.',
  }),
];

/** Binaries and images of a node take about 2 GB unpacked; the kubelet starts to evict pods at 10 % free. */
export const disk: Check = ({ facts }) => {
  const place = diskOf(facts, '/var/lib');
  // A host that holds images and data already has passed this once; its space is what the user's pods left.
  if (place === undefined || isMember(facts)) return [];
  return [
    atLeast({
      name: 'disk',
      title: 'Free disk space for /var/lib',
      value: place.availableMB,
      minimum: 4000,
      recommended: 10_000,
      show: (value) => `${(value / 1000).toFixed(1)} GB`,
      hint: `Free space on the file system of ${place.path}, or put a larger one at /var/lib.`,
    }),
  ];
};

/** The file system that holds path: the longest mount point or folder that is a parent of it. */
function diskOf(facts: HostFacts, path: string): HostFacts['disks'][number] | undefined {
  const holds = (disk: HostFacts['disks'][number]): boolean =>
    disk.path === '/' || disk.path === path || path.startsWith(`${disk.path}/`);
  return [...facts.disks].filter(holds).sort((one, other) => other.path.length - one.path.length)[0];
}
