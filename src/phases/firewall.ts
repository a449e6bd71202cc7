import type { Phase, PhaseContext } from '../model/phase.js';
import { podNetworkOf } from '../network/index.js';
import { firewall as firewallResource, type FirewallPort } from '../resources/index.js';

export const firewall: Phase = {
  id: 'firewall',
  title: 'Firewall',
  on: ({ spec }) => spec.firewall !== 'keep',
  resources: (context) => (context.spec.firewall === 'keep' ? [] : [firewallResource({ mode: context.spec.firewall, ports: clusterPorts(context) })]),
};

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/, and the pod network's own. */
function clusterPorts({ spec, node }: PhaseContext): FirewallPort[] {
  const ports: FirewallPort[] = [
    { port: 10250, protocol: 'tcp' },
    { port: 10256, protocol: 'tcp' },
    { port: '30000-32767', protocol: 'tcp' },
    { port: '30000-32767', protocol: 'udp' },
  ];
  ports.push(...(podNetworkOf(spec)?.ports(spec) ?? []));
  if (node.isControlPlane) ports.unshift({ port: spec.apiServer.port, protocol: 'tcp' }, { port: '2379-2380', protocol: 'tcp' });
  return ports;
}
