import type { HostPast } from '../../model/past.js';
import type { Leftover, LeftoverRow } from '../../model/seams/leftover.js';
import type { Spec } from '../../model/spec.js';
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
  looks: (spec) => ({
    texts: KUBELET_FILES,
    units: unwantedRuntimes(spec).flatMap((runtime) => unitsOf(runtime, spec)),
  }),
  find: ({ spec, facts, past, mine }) => {
    const wanted = runtimeOf(spec);
    const used = facts.kubernetes.kubeletActive ? kubeletRuntime(past) : undefined;
    return unwantedRuntimes(spec).flatMap((runtime): Leftover[] => {
      if (runtime === used)
        return [
          {
            what: `the kubelet runs with ${runtime.title}`,
            owner: `${runtime.sockets[0]}, the inventory says ${wanted.title}`,
            severity: 'error',
            advice: wayOut(runtime, mine),
          },
        ];
      const active = unitsOf(runtime, spec).filter((unit) => isActive(past, unit));
      if (active.length === 0) return [];
      return [
        {
          what: active.map((unit) => `unit ${unit}`).join(' and '),
          owner: 'active',
          severity: 'warning',
          advice: `If nothing needs ${runtime.title}: systemctl disable --now ${active.join(' ')}.`,
        },
      ];
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

/** Its units but for what the packages of the inventory's runtime need below themselves. */
function unitsOf({ units }: ContainerRuntime, spec: Spec): readonly string[] {
  const { packaged } = runtimeOf(spec);
  const needed = spec.runtime.from === 'artifacts' ? [] : (packaged?.below ?? []);
  return units.filter((unit) => !needed.includes(unit)).map((unit) => `${unit}.service`);
}

function isActive({ units }: HostPast, unit: string): boolean {
  return units.some(({ name, active }) => name === unit && active === 'active');
}

function wayOut({ id }: ContainerRuntime, mine: boolean): string {
  return mine
    ? `Set runtime.name: ${id}, or change it: kinit runtime change drains, changes and uncordons node by node.`
    : `Set runtime.name: ${id}, or take the node out of its cluster first (kubectl drain and delete), then systemctl disable --now kubelet.`;
}
