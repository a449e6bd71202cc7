import { eachHost, type Cause } from '../../cause.js';
import { symptomsOf } from '../../networks.js';
import { needsBridgeFilter } from '../../read/cluster-kind.js';
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
  sign: '/proc/sys/net/bridge/bridge-nf-call-iptables does not exist, or is not 1, and the pod network hangs pods on a bridge.',
  remedy:
    '`modprobe br_netfilter` and its name in /etc/modules-load.d, `net.bridge.bridge-nf-call-iptables = 1` in /etc/sysctl.d. `kinit init` does both.',
  rank: 42,
  find: eachHost((host, evidence) => {
    const value = sysctl(host, 'net/bridge/bridge-nf-call-iptables');
    if (value === undefined || value === '1' || unit(host, 'kubelet') === undefined) return undefined;
    if (!needsBridgeFilter(host, evidence)) return undefined;
    return value === ''
      ? {
          found: 'the kernel module br_netfilter is not loaded',
          next: `on ${host.host}: modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1, and both in /etc/modules-load.d and /etc/sysctl.d for the next boot`,
          kinit: BY_KINIT,
        }
      : {
          found: `net.bridge.bridge-nf-call-iptables is ${value}: packets between pods of one node pass kube-proxy by`,
          next: `on ${host.host}: sysctl -w net.bridge.bridge-nf-call-iptables=1${FOR_GOOD}`,
          kinit: BY_KINIT,
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
          next: `on ${host.host}: sysctl -w net.ipv4.ip_forward=1${FOR_GOOD}`,
          kinit: BY_KINIT,
        }
      : undefined,
  ),
};

const BY_KINIT = '; kinit init makes it last';
const FOR_GOOD = ', and the same in /etc/sysctl.d for the next boot';
