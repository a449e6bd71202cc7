import { isIP } from 'node:net';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { block } from '../../resources/index.js';

/** Every node finds every other by name, also where no DNS knows them. */
export const hostsFile: Phase = {
  id: 'hosts-file',
  title: 'Names of all hosts in /etc/hosts',
  appliesTo: ({ spec }) => spec.manageHostsFile,
  alsoOnOthers: true,
  resources: (context) => [block({ path: '/etc/hosts', name: 'hosts', content: hostLines(context) })],
};

/** Hosts of the inventory that do not answer now are kept by the address it gives. */
function hostLines({ spec, nodes }: PhaseContext): string {
  const lines = spec.hosts.flatMap((host) => {
    const given = host.internalAddress ?? (isIP(host.address) === 0 ? undefined : host.address);
    const address = nodes.find((node) => node.spec.name === host.name)?.address ?? given;
    return address === undefined ? [] : [`${address} ${host.name}`];
  });
  return `${lines.join('\n')}\n`;
}
