import { isIP } from 'node:net';
import type { HostEvidence } from '../evidence.js';
import { blocks } from './logs.js';

/** A top-level scalar of the kubelet's configuration file. */
export function kubeletSetting({ text }: HostEvidence, key: string): string | undefined {
  const [config = ''] = (text['kubelet-config'] ?? '').split('--- flags');
  const match = new RegExp(`^${key}: *(.*)$`, 'm').exec(config);
  return match?.[1]?.trim().replace(/^"(.*)"$/, '$1');
}

/** A flag of the kubelet, from the command that runs or else from kubeadm's file of flags. */
export function kubeletFlag({ text }: HostEvidence, flag: string): string | undefined {
  const [, rest = ''] = (text['kubelet-config'] ?? '').split('--- flags');
  const [, command = ''] = rest.split('--- command');
  const pattern = new RegExp(`(?:^|[\\s"'])--${flag}[= ]("?)([^\\s"']+)\\1`, 'm');
  return pattern.exec(command)?.[2] ?? pattern.exec(rest)?.[2];
}

/** A setting of the kubelet; a flag goes over the file, however old the flag. */
export function kubeletOption(host: HostEvidence, key: string, flag: string): string | undefined {
  return kubeletFlag(host, flag) ?? kubeletSetting(host, key);
}

/** A kernel setting by its path below /proc/sys; '' where it does not exist, undefined where it was not asked. */
export function sysctl({ text }: HostEvidence, key: string): string | undefined {
  const line = (text['sysctls'] ?? '').split('\n').find((each) => each.startsWith(`${key}=`));
  return line?.slice(key.length + 1).trim();
}

/** Name servers of the file the kubelet hands to pods. */
export function nameServers(host: HostEvidence): { readonly file: string; readonly servers: readonly string[] } {
  const file = kubeletOption(host, 'resolvConf', 'resolv-conf') ?? '/etc/resolv.conf';
  const lines = blocks(host.text['resolv'] ?? '').find(({ title }) => title === file)?.lines ?? [];
  return { file, servers: lines.flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []) };
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Addresses of a link, for example of a bridge. */
export function linkAddresses({ facts }: HostEvidence, link: string): readonly string[] {
  return facts.addresses
    .filter((each) => each.interface === link && isIP(each.address) === 4)
    .map((each) => `${each.address}/${each.prefix}`);
}

/** Names in /etc/cni/net.d. */
export function cniConfigs({ text }: HostEvidence): readonly string[] {
  return (blocks(text['cni'] ?? '').find(({ title }) => title === 'config')?.lines ?? []).filter((name) =>
    /\.(conf|conflist|json)$/.test(name),
  );
}
