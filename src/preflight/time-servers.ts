import type { Check } from './check.js';

/** Time services that are told of the inventory's servers: src/phases/host/time.ts. */
const TOLD = ['chrony', 'systemd-timesyncd'];

/** Only where there are servers that another time service is not told of. */
export const timeServers: Check = ({ facts }, { spec }) => {
  const others = facts.timeServices.filter((name) => !TOLD.includes(name));
  if (spec.timeServers.length === 0 || others.length === 0) return [];
  return [
    {
      name: 'time-servers',
      title: 'Time servers',
      status: 'warning',
      found: `${others.join(', ')} keeps the time`,
      recommended: TOLD.join(' or '),
      hint: `Write the servers into its configuration by hand (${spec.timeServers.join(', ')}), or stop and disable it: kinit then installs chrony.`,
    },
  ];
};
