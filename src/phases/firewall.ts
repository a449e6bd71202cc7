import type { Phase, PhaseContext } from '../model/phase.js';
import { firewall as firewallResource } from '../resources/index.js';

interface FirewallPort {
  readonly port: number | string;
  readonly protocol: 'tcp' | 'udp';
}

export const firewall: Phase = {
  id: 'firewall',
  title: 'Firewall',
  on: ({ spec }) => spec.firewall !== 'keep',
  resources: (context) => (context.spec.firewall === 'keep' ? [] : [firewallResource({ mode: context.spec.firewall, ports: clusterPorts(context) })]),
};

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/, and flannel's VXLAN port. */
export function clusterPorts({ spec, node }: PhaseContext): FirewallPort[] {
  const ports: FirewallPort[] = [
    { port: 10250, protocol: 'tcp' },
    { port: 10256, protocol: 'tcp' },
    { port: '30000-32767', protocol: 'tcp' },
    { port: '30000-32767', protocol: 'udp' },
  ];
  if (spec.network.plugin === 'flannel' && spec.network.flannelBackend === 'vxlan') ports.push({ port: 8472, protocol: 'udp' });
  if (node.isControlPlane) ports.unshift({ port: spec.apiServer.port, protocol: 'tcp' }, { port: '2379-2380', protocol: 'tcp' });
  return ports;
}
