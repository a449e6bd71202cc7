import type { HostPast } from '../../model/past.js';
import type { LeftoverRow } from '../../model/seams/leftover.js';
import { RUNTIMES, runtimeOf, unwantedRuntimes, type ContainerRuntime } from '../../runtime/index.js';

/** Where a kubelet finds its CRI socket: its flags win over its configuration, and a node's own part of that over all nodes'. */
const KUBELET_FILES = [
  '/var/lib/kubelet/kubeadm-flags.env',
  '/var/lib/kubelet/instance-config.yaml',
  '/var/lib/kubelet/config.yaml',
];
const ENDPOINT = /(?:--container-runtime-endpoint[= ]|^containerRuntimeEndpoint: *)"?(?:unix:\/\/)?(\/[^"\s]+)/m;

/** Name of the check below. */
export const OTHER_RUNTIME = 'other-runtime';

/** A host has one runtime: that of the inventory. */
export const otherRuntimes: LeftoverRow = {
  name: OTHER_RUNTIME,
  title: 'Another container runtime on the host',
  harm: 'kubeadm and crictl do not know which one is meant, and what runs in it takes memory that the scheduler takes for free.',
  looks: (spec) => ({ texts: KUBELET_FILES, units: unwantedRuntimes(spec).map(criUnit) }),
  find: ({ spec, facts, past, mine }) => {
    const wanted = runtimeOf(spec);
    const used = facts.kubernetes.kubeletActive ? kubeletRuntime(past) : undefined;
    const running = unwantedRuntimes(spec).filter((runtime) => runtime === used || isActive(past, runtime));
    return running.map((runtime) => {
      const isUsed = runtime === used;
      return {
        what: isUsed ? `the kubelet runs with ${runtime.title}` : `unit ${criUnit(runtime)}`,
        owner: isUsed ? `${runtime.sockets[0]}, the inventory says ${wanted.title}` : 'active',
        severity: isUsed ? ('error' as const) : ('warning' as const),
        advice: isUsed ? wayOut(runtime, mine) : `If nothing needs it: systemctl disable --now ${criUnit(runtime)}.`,
      };
    });
  },
};

/** The runtime that a host's kubelet is told to speak to; undefined where it has none, or one that kinit does not know. */
export function kubeletRuntime(past: Pick<HostPast, 'files'> | undefined): ContainerRuntime | undefined {
  const [socket] = KUBELET_FILES.flatMap((path) => {
    const text = past?.files.find((file) => file.path === path)?.text ?? '';
    return ENDPOINT.exec(text)?.[1] ?? [];
  });
  return socket === undefined ? undefined : RUNTIMES.find(({ sockets }) => sockets.some((each) => each === socket));
}

/** Only its unit that speaks the CRI counts: what lies below may serve somebody else. */
function criUnit({ units }: ContainerRuntime): string {
  return `${units.at(-1) ?? units[0]}.service`;
}

function isActive({ units }: HostPast, runtime: ContainerRuntime): boolean {
  return units.some(({ name, active }) => name === criUnit(runtime) && active === 'active');
}

function wayOut({ id }: ContainerRuntime, mine: boolean): string {
  return mine
    ? `Set runtime.name: ${id}, or change it: kinit runtime change drains, changes and uncordons node by node.`
    : `Set runtime.name: ${id}, or take the node out of its cluster first (kubectl drain and delete), then systemctl disable --now kubelet.`;
}
