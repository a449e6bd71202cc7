import { eachHost, type Cause } from '../../cause.js';
import { symptomsOf } from '../../networks.js';
import { sysctl } from '../../read/settings.js';
import { unit } from '../../read/units.js';

export const brNetfilter: Cause = {
  name: 'br-netfilter',
  title: 'br_netfilter is missing or off',
  symptom: [
    'kubeadm: /proc/sys/net/bridge/bridge-nf-call-iptables does not exist',
    ...symptomsOf('br-netfilter'),
    'a Service does not answer pods on the node of its own pod',
  ].join('; '),
  sign: '/proc/sys/net/bridge/bridge-nf-call-iptables does not exist, or is not 1.',
  remedy:
    '`modprobe br_netfilter` and its name in /etc/modules-load.d, `net.bridge.bridge-nf-call-iptables = 1` in /etc/sysctl.d. `kinit init` does both.',
  rank: 42,
  find: eachHost((host) => {
    const value = sysctl(host, 'net/bridge/bridge-nf-call-iptables');
    if (value === undefined || value === '1' || unit(host, 'kubelet') === undefined) return undefined;
    return value === ''
      ? {
          found: 'the kernel module br_netfilter is not loaded',
          next: `on ${host.host}: modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1 (kinit init makes both last)`,
        }
      : {
          found: `net.bridge.bridge-nf-call-iptables is ${value}: packets between pods of one node pass kube-proxy by`,
          next: `on ${host.host}: sysctl -w net.bridge.bridge-nf-call-iptables=1 (kinit init makes it last)`,
        };
  }),
};

export const ipForward: Cause = {
  name: 'ip-forward',
  title: 'The host does not forward packets',
  symptom: 'pods reach nothing outside their node; kubeadm: /proc/sys/net/ipv4/ip_forward contents are not set to 1',
  sign: 'net.ipv4.ip_forward is 0.',
  remedy:
    '`net.ipv4.ip_forward = 1` in /etc/sysctl.d and `sysctl --system`; look for a hardening script that sets it back. `kinit init` sets it.',
  rank: 43,
  find: eachHost((host) =>
    sysctl(host, 'net/ipv4/ip_forward') === '0' && unit(host, 'kubelet') !== undefined
      ? {
          found: 'net.ipv4.ip_forward is 0: the host does not forward packets of pods',
          next: `on ${host.host}: sysctl -w net.ipv4.ip_forward=1 (kinit init makes it last)`,
        }
      : undefined,
  ),
};
