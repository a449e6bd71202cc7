import { controlPlaneOf } from '../control-plane/index.js';
import type { HostFacts } from '../model/facts.js';
import type { Limits } from '../model/seams/limits.js';
import type { Spec } from '../model/spec.js';

/** How much of something a host has to have. */
export interface Requirement {
  readonly name: string;
  readonly title: string;
  /** Where the form of the control plane names none of its own. */
  readonly controlPlane: Limits;
  readonly worker: Limits;
  /** Where the limits come from. */
  readonly because: string;
  readonly show: (value: number) => string;
  /** What the inventory asks for besides, in the same unit; undefined: nothing. */
  readonly asked: (spec: Spec) => number | undefined;
}

export const CPU: Requirement = {
  name: 'cpu',
  title: 'Processors',
  controlPlane: { minimum: 2, recommended: 2 },
  worker: { minimum: 1, recommended: 2 },
  because: "kubeadm's ControlPlaneNumCPU is 2. A worker's system pods alone take a fifth of one.",
  show: String,
  asked: ({ preflight }) => preflight.requirements.cpus,
};

export const MEMORY: Requirement = {
  name: 'memory',
  title: 'Memory',
  controlPlane: { minimum: 1700, recommended: 2000 },
  worker: { minimum: 700, recommended: 1024 },
  because: "kubeadm's ControlPlaneMem is 1700 MB. A worker's kubelet, runtime and system pods take about 500 MB.",
  show: (value) => `${String(value)} MB`,
  asked: ({ preflight }) => preflight.requirements.memoryMB,
};

const DISK_LIMITS: Limits = { minimum: 4000, recommended: 10_000 };

export const DISK: Requirement = {
  name: 'disk',
  title: 'Free disk space for /var/lib',
  controlPlane: DISK_LIMITS,
  worker: DISK_LIMITS,
  because: 'Programs and images of a node take about 2 GB unpacked; the kubelet starts to evict pods at 10 % free.',
  show: (value) => `${(value / 1000).toFixed(1)} GB`,
  asked: ({ preflight: { requirements } }) =>
    requirements.diskGB === undefined ? undefined : Math.round(requirements.diskGB * 1000),
};

/** All of them, in the order they are checked. */
export const REQUIREMENTS: readonly Requirement[] = [CPU, MEMORY, DISK];

/** The limits for a host: what the inventory asks for goes before the table where it is more. */
export function limitsFor(requirement: Requirement, isControlPlane: boolean, spec: Spec): Limits {
  const { minimum, recommended } = isControlPlane
    ? (controlPlaneOf(spec).limits?.[requirement.name] ?? requirement.controlPlane)
    : requirement.worker;
  const asked = requirement.asked(spec) ?? 0;
  return { minimum: Math.max(minimum, asked), recommended: Math.max(recommended, asked) };
}

/** The file system that holds a path: the longest mount point or folder that is a parent of it. */
export function diskOf({ disks }: HostFacts, path: string): HostFacts['disks'][number] | undefined {
  const holds = (disk: HostFacts['disks'][number]): boolean =>
    disk.path === '/' || disk.path === path || path.startsWith(`${disk.path}/`);
  return [...disks].filter(holds).sort((one, other) => other.path.length - one.path.length)[0];
}
