import { isIPv6 } from 'node:net';
import { eachHost, said, type Cause } from '../../cause.js';
import type { HostEvidence } from '../../evidence.js';
import { internalIp, nodeNamed } from '../../read/cluster.js';
import { kubeletSaid, podLogs } from '../../read/logs.js';
import { kubeletFlag } from '../../read/settings.js';

export const wrongAddress: Cause = {
  name: 'wrong-address',
  title: 'A node uses an address that is not its own',
  symptom:
    'kubelet: failed to validate nodeIP: node IP: "10.0.0.9" not found in the host\'s network interfaces; etcd, kube-apiserver: bind: cannot assign requested address; kubectl logs and exec time out',
  sign: "--node-ip of the kubelet, --advertise-address of the API server, a listen address of etcd or the InternalIP in the cluster is on none of the host's interfaces.",
  remedy:
    'Give the host its old address back, or set `address` (or `internalAddress`) in the inventory to the one it has and run `kinit init`. On a control-plane host the certificates name the address too; `kinit init` makes them anew.',
  rank: 38,
  find: eachHost((host, evidence) => {
    const node = nodeNamed(evidence, host.host);
    const used = [
      ['--node-ip of the kubelet', kubeletFlag(host, 'node-ip')],
      ['--advertise-address of kube-apiserver', manifestFlag(host, 'advertise-address')],
      ['InternalIP of the node', node === undefined ? undefined : internalIp(node)],
    ] as const;
    const own = host.facts.addresses.map(({ address }) => address);
    // With two families there are two addresses: '10.0.0.1,fd00::1'.
    const wrong = used.flatMap(([what, addresses = '']) =>
      addresses
        .split(',')
        .filter((address) => address !== '' && own.length > 0 && !isOwn(address, own))
        .map((address) => `${what} is ${address}`),
    );
    const bind = wrong.length > 0 ? undefined : cannotBind(host, Date.parse(evidence.takenAt));
    if (wrong.length === 0 && bind === undefined) return undefined;
    const has = own.filter((address) => address === host.address).length > 0 ? host.address : own.join(', ');
    return {
      found:
        wrong.length > 0
          ? `${wrong.join(', ')}; the host has ${has}`
          : `a component cannot listen: ${bind ?? ''}; the host has ${has}`,
      next: `give ${host.host} that address, or take the right one where it stands (--node-ip in /var/lib/kubelet/kubeadm-flags.env, /etc/kubernetes/manifests) and systemctl restart kubelet`,
      kinit: `; kinit init does that with the address or internalAddress of ${host.host} in the inventory`,
    };
  }),
};

/** Whether a host has an address; any address, and the loopback's, are every host's. IPv6 has several ways to write one. */
function isOwn(address: string, own: readonly string[]): boolean {
  return /^(0\.0\.0\.0|::1?|127\..*)$/.test(address) || own.some((each) => plain(each) === plain(address));
}

function plain(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : address;
}

function cannotBind(host: HostEvidence, now: number): string | undefined {
  const line = kubeletSaid(host, /cannot assign requested address|failed to validate nodeIP/);
  if (line !== undefined) return said(line);
  return podLogs(host)
    .flatMap(({ lines }) => lines)
    .findLast(({ at, text }) => text.includes('cannot assign requested address') && now - at < 15 * 60_000)?.text;
}

function manifestFlag({ text }: HostEvidence, flag: string): string | undefined {
  return new RegExp(`--${flag}=(\\S+)`).exec(text['manifests'] ?? '')?.[1];
}
