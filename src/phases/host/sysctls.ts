import type { Phase } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import { SYSCTL_ALIASES, sysctlName } from '../../model/text/sysctl.js';
import { file, setAside, sysctl } from '../../resources/index.js';

/** The last by name wins at boot (sysctl.d(5)): after 99-sysctl.conf, which is /etc/sysctl.conf, and what hardens hosts. */
export const SYSCTL_FILE = '/etc/sysctl.d/zzz-kinit.conf';
/** Where kinit wrote it before. */
const EARLIER_FILE = '/etc/sysctl.d/99-kinit.conf';

export const sysctls: Phase = {
  id: 'sysctls',
  title: 'Kernel settings (sysctl)',
  appliesTo: () => true,
  resources: ({ spec, node }) => {
    const wanted = Object.entries(sysctlsFor(spec));
    const settings = settingsOf(spec);
    return [
      file({
        path: SYSCTL_FILE,
        // A line with another name of a switch, in whichever file, would be obeyed besides.
        content: `${[...wanted, ...aliasesOf(wanted)].map(([key, value]) => `${key} = ${value}`).join('\n')}\n`,
        mode: 0o644,
      }),
      // As a journal entry of its own: reset brings it back, and then undoes what an earlier kinit did with it.
      ...(node.facts.past?.recorded.includes(`file:${EARLIER_FILE}`) === true
        ? [setAside({ path: EARLIER_FILE, owner: 'an earlier kinit' })]
        : []),
      ...wanted.map(([key, value]) => sysctl({ key, value, optional: settings[key]?.optional === true })),
    ];
  },
};

interface Setting {
  readonly value: string;
  /** Why a node has this value or is none. Absent: an inventory may have another one. */
  readonly needed?: string;
  /** Not every kernel has it; without it a cluster still works. */
  readonly optional?: true;
}

const SERVICES = 'pods do not reach Services whose pods are on the same host without it';
const OF_THE_KUBELET = 'the kubelet sets it so whenever it starts';
const NO_IPV6 = 'ipv6: off says so';

function settingsOf({ ipv6 }: Pick<Spec, 'ipv6'>): Readonly<Record<string, Setting>> {
  return {
    // Required by the container runtimes page of the Kubernetes documentation.
    'net.ipv4.ip_forward': { value: '1', needed: 'pods reach nothing outside of their host without it' },
    'net.bridge.bridge-nf-call-iptables': { value: '1', needed: SERVICES },
    'net.bridge.bridge-nf-call-ip6tables': { value: '1', needed: SERVICES, optional: true },
    // Each container's log follower takes one; the default of 128 instances runs out at about 100 pods.
    'fs.inotify.max_user_instances': { value: '8192' },
    'fs.inotify.max_user_watches': { value: '524288' },
    // What kubelet --protect-kernel-defaults demands (pkg/util/sysctl), and what it sets without that.
    'vm.overcommit_memory': { value: '1', needed: OF_THE_KUBELET },
    'vm.panic_on_oom': { value: '0', needed: OF_THE_KUBELET },
    'kernel.panic': { value: '10', needed: OF_THE_KUBELET },
    'kernel.panic_on_oops': { value: '1', needed: OF_THE_KUBELET },
    'kernel.keys.root_maxkeys': { value: '1000000', needed: OF_THE_KUBELET, optional: true },
    'kernel.keys.root_maxbytes': { value: '25000000', needed: OF_THE_KUBELET, optional: true },
    ...(ipv6 === 'off'
      ? {
          'net.ipv6.conf.all.disable_ipv6': { value: '1', needed: NO_IPV6, optional: true },
          'net.ipv6.conf.default.disable_ipv6': { value: '1', needed: NO_IPV6, optional: true },
        }
      : {}),
  };
}

/** Those that no inventory has otherwise. */
export function neededSysctls(
  spec: Pick<Spec, 'ipv6'>,
): readonly { readonly key: string; readonly value: string; readonly why: string }[] {
  return Object.entries(settingsOf(spec)).flatMap(([key, { value, needed }]) =>
    needed === undefined ? [] : [{ key, value, why: needed }],
  );
}

/** The kernel parameters of a node, also while it has others. */
export function sysctlsFor(spec: Spec): Record<string, string> {
  const own = Object.entries(settingsOf(spec)).map(([key, { value }]) => [key, value] as const);
  const given = Object.entries(spec.sysctls).map(([name, value]) => [sysctlName(name), value] as const);
  return Object.fromEntries([...own, ...given]);
}

function aliasesOf(wanted: readonly (readonly [string, string])[]): [string, string][] {
  return Object.entries(SYSCTL_ALIASES).flatMap(([alias, name]) =>
    wanted.flatMap(([key, value]): [string, string][] => (key === name ? [[alias, value]] : [])),
  );
}
