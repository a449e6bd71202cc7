export interface KindDescription {
  readonly change: string;
  readonly undone: string;
  /** How one of them is named, from its id after the colon. Absent: there is one of the kind, and the change says all. */
  readonly subject?: (id: string) => string;
}

const code = (id: string): string => `\`${id}\``;
const RESTORED =
  'What was there comes back with mode and owner; where nothing was, it is deleted, with folders made for it';

const KINDS: Readonly<Record<string, KindDescription>> = {
  absent: { change: 'Removes', subject: code, undone: 'What was there comes back' },
  binary: { change: 'Installs', subject: code, undone: RESTORED },
  block: {
    change: 'Writes a marked block into',
    subject: (id) => code(id.split('#')[0] ?? id),
    undone: 'The block is cut out; every other byte of the file stays',
  },
  clusterNode: {
    change: "Sets the node's labels and taints in the cluster",
    undone: 'The node is drained and deleted from the cluster, if the cluster lives on',
  },
  directory: {
    change: 'Makes, or sets mode and owner of',
    subject: code,
    undone:
      'Mode and owner come back; what has come into the folders of the cluster since is deleted, and folders that were not there go',
  },
  file: { change: 'Writes', subject: code, undone: RESTORED },
  firewall: {
    change: 'Stops and disables ufw, firewalld and the nftables service (`firewall: open-ports` opens ports instead)',
    undone: 'What was active is started, what was enabled is enabled; rules that stopping it threw away come back',
  },
  hostname: { change: 'Sets the host name, now and in `/etc/hostname`', undone: 'The old name comes back' },
  images: {
    change: "Loads container images into containerd's `k8s.io` namespace",
    undone: 'They go with `/var/lib/containerd`; where that was in use before, those that kinit loaded are removed',
  },
  'kernel-module': {
    change: 'Loads the kernel modules',
    subject: code,
    undone: 'Unloaded, where they were not loaded before and nothing uses them',
  },
  link: { change: 'Links', subject: code, undone: 'What was there comes back; where nothing was, it is deleted' },
  nodeJoin: {
    change: 'Joins the cluster: the kubelet gets a certificate and `/etc/kubernetes/kubelet.conf`',
    undone: 'The kubelet is stopped, its files are deleted',
  },
  object: {
    change: 'Applies Kubernetes objects',
    subject: (id) => code(id.replace(/^[^:]*\//, '')),
    undone: 'They live and end with the cluster',
  },
  packages: {
    change: 'Installs packages',
    subject: (id) => id.split(',').map(code).join(', '),
    undone: 'Kept, unless `--remove-packages`',
  },
  selinux: { change: 'Sets the SELinux mode, now and in `/etc/selinux/config`', undone: 'The old mode comes back' },
  service: {
    change: 'Enables and starts',
    subject: code,
    undone: 'Stopped and disabled, or enabled and started again, as it was',
  },
  swap: {
    change: 'Turns swap off: `swapoff`, lines in `/etc/fstab`, swap units and services that make swap',
    undone: 'All of it comes back, and swap that was on is turned on',
  },
  sysctl: { change: 'Sets', subject: code, undone: 'The value of before comes back' },
  traces: {
    change: 'Nothing yet: notes links, rules, mounts, folders and kernel settings that are there before a cluster runs',
    undone:
      'Stops the kubelet and removes all pods; unmounts what the kubelet and containerd mounted; removes their control groups, network links, packet filter rules, ipsets, virtual servers, routes and folders; sets back kernel settings that kube-proxy changed',
  },
  user: {
    change: 'Creates the system user and group',
    subject: code,
    undone: 'Deleted, where they were not there before',
  },
};

/** Throws where a kind has no description: whoever adds a kind says what it does to a host. */
export function describeKind(kind: string): KindDescription {
  const found = KINDS[kind];
  if (found === undefined) throw new Error(`src/cli/host-changes/kinds.ts does not describe resources of kind ${kind}`);
  return found;
}
