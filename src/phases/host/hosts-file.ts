import type { Phase, PhaseContext } from '../../model/phase.js';
import { oncePer } from '../../model/once.js';
import { block } from '../../resources/index.js';

/** Every node finds every other by name, also where no DNS knows them. */
export const hostsFile: Phase = {
  id: 'hosts-file',
  title: 'Names of all hosts in /etc/hosts',
  appliesTo: ({ spec }) => spec.manageHostsFile,
  alsoOnOthers: true,
  resources: ({ addresses }) => [block({ path: '/etc/hosts', name: 'hosts', content: linesOf(addresses) })],
};

/** Hosts of the inventory that do not answer now keep their lines. */
const linesOf = oncePer((addresses: PhaseContext['addresses']): string => {
  const lines = Object.entries(addresses).map(([name, address]) => `${address} ${name}`);
  return `${lines.join('\n')}\n`;
});
