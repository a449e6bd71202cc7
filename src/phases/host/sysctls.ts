import type { Phase } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { file, setAside, sysctl } from '../../resources/index.js';

/** The last by name wins at boot (sysctl.d(5)): after 99-sysctl.conf, which is /etc/sysctl.conf, and what hardens hosts. */
export const SYSCTL_FILE = '/etc/sysctl.d/zzz-kinit.conf';
/** Where kinit wrote it before. */
const EARLIER_FILE = '/etc/sysctl.d/99-kinit.conf';
/** Another name of a switch (ip_forward): a line with it, in whichever file, would be obeyed besides. */
const ALIASES = [['net.ipv4.conf.all.forwarding', '1']] as const;

export const sysctls: Phase = {
  id: 'sysctls',
  title: 'Kernel settings (sysctl)',
  appliesTo: () => true,
  resources: ({ spec, node }) => {
    const wanted = Object.entries(sysctlsFor(spec));
    return [
      file({
        path: SYSCTL_FILE,
        content: `${[...wanted, ...ALIASES].map(([key, value]) => `${key} = ${value}`).join('\n')}\n`,
        mode: 0o644,
      }),
      // As a journal entry of its own: reset brings it back, and then undoes what an earlier kinit did with it.
      ...(node.facts.past?.recorded.includes(`file:${EARLIER_FILE}`) === true
        ? [setAside({ path: EARLIER_FILE, owner: 'an earlier kinit' })]
        : []),
      ...wanted.map(([key, value]) => sysctl({ key, value, optional: OPTIONAL.has(key) })),
    ];
  },
};

/** Not every kernel has these; without them a cluster still works. */
const OPTIONAL = new Set([
  'net.bridge.bridge-nf-call-ip6tables',
  'net.ipv6.conf.all.disable_ipv6',
  'net.ipv6.conf.default.disable_ipv6',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
]);

/** The kernel parameters of a node, also while it has others. */
export function sysctlsFor(spec: Spec): Record<string, string> {
  return {
    // Required by the container runtimes page of the Kubernetes documentation.
    'net.ipv4.ip_forward': '1',
    'net.bridge.bridge-nf-call-iptables': '1',
    'net.bridge.bridge-nf-call-ip6tables': '1',
    // Each container's log follower takes one; the default of 128 instances runs out at about 100 pods.
    'fs.inotify.max_user_instances': '8192',
    'fs.inotify.max_user_watches': '524288',
    // What kubelet --protect-kernel-defaults demands (pkg/util/sysctl).
    'vm.overcommit_memory': '1',
    'vm.panic_on_oom': '0',
    'kernel.panic': '10',
    'kernel.panic_on_oops': '1',
    'kernel.keys.root_maxkeys': '1000000',
    'kernel.keys.root_maxbytes': '25000000',
    ...(spec.ipv6 === 'off'
      ? { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' }
      : {}),
    ...spec.sysctls,
  };
}
