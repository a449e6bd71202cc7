import type { LabHandle } from './kinit.js';

export interface Reached {
  readonly name: string;
  readonly address: string;
}

/** Of its network cards; the tunnels take 50 bytes of each packet. */
export const OVERLAY_MTU = 1300;
const DEVICE = 'overlay0';

/**
 * A second network of tunnels between hosts, as WireGuard or ZeroTier make one, until their next boot. Gives the hosts with their
 * addresses in it as those that nodes use.
 */
export async function withOverlay<T extends Reached>(
  cluster: LabHandle,
  hosts: readonly T[],
): Promise<(T & { internalAddress: string })[]> {
  const inner = hosts.map((host, index) => ({ ...host, internalAddress: `10.147.20.${String(11 + index)}` }));
  for (const { name, internalAddress } of inner) {
    const others = hosts.filter((other) => other.name !== name).map(({ address }) => address);
    await cluster.sh(
      name,
      `set -e
       ip link add ${DEVICE} mtu ${String(OVERLAY_MTU)} type vxlan id 77 dstport 51820 dev host0
       for other in ${others.join(' ')}; do bridge fdb append 00:00:00:00:00:00 dev ${DEVICE} dst "$other"; done
       ip addr add ${internalAddress}/24 dev ${DEVICE}
       ip link set ${DEVICE} up`,
    );
  }
  return inner;
}
