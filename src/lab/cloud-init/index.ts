import { KinitError } from '../../model/error.js';
import type { HostSpec, LoadedInventory } from '../../model/spec.js';
import { contains, parseNetwork } from '../../model/text/cidr.js';
import { hostAccess } from '../../ssh/index.js';
import { loginKey } from '../../ssh/login/login-key.js';
import { hardwareAddress } from '../network/subnet.js';
import { metaData, networkConfig, userData, type FixedAddress } from './documents.js';

/** What cloud-init (data source NoCloud) reads at the first boot of one machine. No secret is in it. */
export interface CloudInit {
  readonly host: string;
  readonly user: string;
  readonly files: {
    readonly 'user-data': string;
    readonly 'meta-data': string;
    /** Absent: the machine asks DHCP. */
    readonly 'network-config'?: string;
  };
  readonly fixed?: FixedAddress;
}

/**
 * For every host of an inventory. `gateway` is 'address/prefix length' of the machines' router: they get the addresses of the
 * inventory for good. Throws KinitError 'usage' for one that makes no sense or does not fit a host, 'access' without a key.
 */
export async function cloudInit({ spec, ask }: LoadedInventory, gateway?: string): Promise<readonly CloudInit[]> {
  const fixed = new Map(
    gateway === undefined ? [] : spec.hosts.map((host) => [host.name, fixedAddress(host, gateway)] as const),
  );
  return Promise.all(
    spec.hosts.map(async (host): Promise<CloudInit> => {
      const key = await loginKey(host.name, hostAccess(spec, host), ask);
      const address = fixed.get(host.name);
      return {
        host: host.name,
        user: key.user,
        files: {
          'user-data': userData(host.name, key),
          'meta-data': metaData(host.name),
          ...(address === undefined ? {} : { 'network-config': networkConfig(address) }),
        },
        ...(address === undefined ? {} : { fixed: address }),
      };
    }),
  );
}

function fixedAddress({ name, address }: HostSpec, gateway: string): FixedAddress {
  const network = parseNetwork(gateway);
  const [router = ''] = gateway.split('/');
  if (network === undefined || network.prefix > 30)
    throw new KinitError(`"${gateway}" is no gateway with a prefix length`, {
      class: 'usage',
      found: gateway,
      hint: "Give the machines' router and the length of their network's prefix, such as --gateway 192.168.122.1/24.",
    });
  if (!contains(network, address) || address === router)
    throw new KinitError(`${name} cannot have ${address} behind ${gateway}`, {
      class: 'usage',
      found: address === router ? 'it is the address of the router' : 'its address lies outside that network',
      hint: `Give ${name} an address of that network in the inventory, or name another --gateway.`,
    });
  return { address, hardwareAddress: hardwareAddress(address), gateway: router, prefix: network.prefix };
}
