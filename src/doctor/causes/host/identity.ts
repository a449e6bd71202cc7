import type { Cause, Sighting } from '../../cause.js';
import type { Evidence, OpenFacts } from '../../evidence.js';
import { symptomsOf } from '../../networks.js';

/** What must differ between machines, by what a person calls it. */
const IDENTITIES: readonly (readonly [what: string, of: (facts: OpenFacts) => string, mend: string])[] = [
  ['host name', (facts) => facts.hostname, 'hostnamectl set-hostname NAME'],
  [
    'machine id',
    (facts) => facts.machineId,
    'rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup; reboot',
  ],
  [
    'product_uuid',
    (facts) => facts.productUuid,
    "give the virtual machine a UUID of its own in its hypervisor's settings",
  ],
];

export const sameIdentity: Cause = {
  name: 'same-identity',
  title: 'Two hosts have the same host name, machine id or product_uuid',
  symptom: [
    'a node that vanishes when another joins',
    'nodes that take turns being Ready',
    ...symptomsOf('same-identity'),
  ].join('; '),
  sign: 'The host names, /etc/machine-id or the product_uuid of the firmware of two hosts are equal.',
  remedy:
    'Clones keep what they were cloned with: `hostnamectl set-hostname NAME`; `rm /etc/machine-id; systemd-machine-id-setup`; a new UUID in the hypervisor. Then reset the host and join it anew.',
  rank: 25,
  find: ({ hosts }: Evidence) =>
    IDENTITIES.flatMap(([what, of, mend]) => {
      const groups = new Map<string, string[]>();
      for (const { host, facts } of hosts)
        if (of(facts) !== '') groups.set(of(facts), [...(groups.get(of(facts)) ?? []), host]);
      return [...groups]
        .filter(([, names]) => names.length > 1)
        .map(
          ([value, names]): Sighting => ({
            host: names.at(-1) ?? '',
            found: `${names.join(' and ')} have the same ${what} (${value})`,
            next: `on all but one of them: ${mend}`,
            severity: what === 'product_uuid' ? 'warning' : 'error',
          }),
        );
    }),
};
