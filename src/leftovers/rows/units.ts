import type { LeftoverRow } from '../../model/seams/leftover.js';

/** Services that are a cluster node by themselves: they hold its ports and sockets, and come back at boot. */
const UNITS = [
  'k3s.service',
  'k3s-agent.service',
  'rke2-server.service',
  'rke2-agent.service',
  'k0scontroller.service',
  'k0sworker.service',
  'snap.microk8s.daemon-kubelite.service',
  'snap.microk8s.daemon-cluster-agent.service',
  'snap.k8s.kubelet.service',
  'minikube.service',
];

/** Another distribution of Kubernetes, running or to run at the next boot. What runs is stopped by its owner only. */
export const otherNodes: LeftoverRow = {
  name: 'other-node',
  title: 'Another Kubernetes on the host',
  harm: 'It takes the ports, the pod network and the packet rules of this one, now or at the next boot.',
  looks: () => ({ units: UNITS }),
  find: ({ past }) =>
    past.units
      .filter(({ name }) => UNITS.includes(name))
      .filter(({ active, enabled }) => !['inactive', 'failed'].includes(active) || enabled === 'enabled')
      .map(({ name, active, enabled }) => ({
        what: `unit ${name}`,
        owner: `${active}, ${enabled}`,
        severity: 'error' as const,
        advice: `Uninstall it (${uninstaller(name)}), or systemctl disable --now ${name}.`,
      })),
};

function uninstaller(unit: string): string {
  if (unit === 'k3s-agent.service') return 'k3s-agent-uninstall.sh';
  if (unit.startsWith('k3s')) return 'k3s-uninstall.sh';
  if (unit.startsWith('rke2')) return 'rke2-uninstall.sh';
  if (unit.startsWith('k0s')) return 'k0s reset';
  const snap = /^snap\.([^.]+)\./.exec(unit)?.[1];
  return snap === undefined ? 'by its own means' : `snap remove ${snap}`;
}
