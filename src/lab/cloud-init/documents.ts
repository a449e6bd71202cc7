import { toYaml } from '../../model/text/yaml.js';
import type { LoginKey } from '../../ssh/login/login-key.js';

/** What the first boot of a machine has to do so that kinit can go on: a name, and a way in with a key alone. */
export function userData(name: string, { user, line }: LoginKey): string {
  const account =
    user === 'root'
      ? { name: user, lock_passwd: true, ssh_authorized_keys: [line] }
      : {
          name: user,
          shell: '/bin/bash',
          lock_passwd: true,
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          ssh_authorized_keys: [line],
        };
  return `#cloud-config\n${toYaml({
    hostname: name,
    // Images of clouds keep root out by default.
    disable_root: user !== 'root',
    ssh_pwauth: false,
    users: [account],
  })}`;
}

/** cloud-init does its work once for each instance-id. */
export function metaData(name: string): string {
  return toYaml({ 'instance-id': name, 'local-hostname': name });
}

export interface FixedAddress {
  readonly address: string;
  readonly hardwareAddress: string;
  readonly gateway: string;
  /** Length of the network's prefix. */
  readonly prefix: number;
}

/**
 * Version 2 of cloud-init's network configuration. The card is known by its hardware address: only netplan knows patterns of
 * names, and `to: default` is younger than Debian 11's cloud-init.
 */
export function networkConfig({ address, hardwareAddress, gateway, prefix }: FixedAddress): string {
  return toYaml({
    version: 2,
    ethernets: {
      eth0: {
        match: { macaddress: hardwareAddress },
        addresses: [`${address}/${String(prefix)}`],
        routes: [{ to: '0.0.0.0/0', via: gateway }],
        nameservers: { addresses: [gateway] },
      },
    },
  });
}
