import { KinitError } from '../model/error.js';
import type { LoadedInventory } from '../model/spec.js';

/** @throws KinitError usage, for a name that is no host of the inventory. */
export function checkHostNames(hosts: readonly string[] | undefined, { spec, file }: LoadedInventory): void {
  const names = spec.hosts.map(({ name }) => name);
  for (const host of hosts ?? []) {
    if (names.includes(host)) continue;
    throw new KinitError(`there is no host "${host}" in the inventory`, {
      class: 'usage',
      found: host,
      hint: `Hosts in ${file}: ${names.join(', ')}. One that was taken out of it has to stand in it again for kinit to work on it, also for reset.`,
    });
  }
}
