import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import { hostPort } from '../../model/text/address.js';
import { keepalived } from './keepalived/index.js';
import type { AddressKeeper } from './keeper.js';

/** Every way there is; the first one is used. */
export const KEEPERS: readonly [AddressKeeper, ...AddressKeeper[]] = [keepalived];

/** What keeps the virtual address of this inventory's API; undefined: it has none. */
export function keeperOf({ apiServer }: Pick<Spec, 'apiServer'>): AddressKeeper | undefined {
  return apiServer.virtualAddress === undefined ? undefined : KEEPERS[0];
}

/** The inventory with the endpoint that its virtual address is, where it names no other. */
export function withVirtualAddress(spec: Spec): Spec {
  const { virtualAddress, endpoint, port } = spec.apiServer;
  if (virtualAddress === undefined || endpoint !== undefined) return spec;
  return { ...spec, apiServer: { ...spec.apiServer, endpoint: hostPort(virtualAddress.address, port) } };
}

/** The virtual address that a host takes part in keeping already; undefined: none. */
export function keptAddress({ kubernetes }: Pick<HostFacts, 'kubernetes'>): string | undefined {
  return KEEPERS.map(({ keeps }) => keeps(kubernetes.manifests)).find((address) => address !== undefined);
}
