import type { Section } from '../facts/index.js';
import { OWN_CHAINS, OWN_TABLES, READABLE, SYSTEM_NAMESPACES } from './networks.js';
import { shellScript, type ShellValues } from '../shell/script.js';

/** Where kubelets keep their containers, in the order they are looked for. */
const SOCKETS = [
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
  '/run/cri-dockerd.sock',
  '/var/run/cri-dockerd.sock',
];
/** What matters in a log; the rest of it stays on the host. */
const TELLING =
  'error|fail|fatal|panic|refused|denied|loop|took too long|slow fdatasync|no space|expired|address already|not found|unable|cannot|timed? ?out';
const SETTINGS = [
  'net/bridge/bridge-nf-call-iptables',
  'net/bridge/bridge-nf-call-ip6tables',
  'net/ipv4/ip_forward',
  'fs/inotify/max_user_instances',
];
const PROGRAMS = ['kubelet', 'containerd', 'runc', 'crictl', 'kubeadm', 'etcd'];

/** What is asked of a host beside its facts, in one round trip. Nothing here prints a secret on purpose; what it prints is redacted all the same. */
export const SECTIONS: readonly Section[] = [
  section('units'),
  section('kubelet-log'),
  section('kubelet-last'),
  section('runtime-log'),
  section('containers', { args: SOCKETS }),
  section('pod-logs', { args: [TELLING, ...SYSTEM_NAMESPACES] }),
  section('etcd-log'),
  section('kernel-log'),
  section('memory'),
  section('disk'),
  section('links'),
  section('sysctls', { args: SETTINGS }),
  section('firewall', { args: [OWN_TABLES, OWN_CHAINS] }),
  section('certificates'),
  section('kubelet-config'),
  section('runtime-config'),
  section('manifests'),
  section('resolv'),
  section('cni', { args: READABLE.flatMap(({ id, signs }) => [id, signs.subnetFile]) }),
  section('kubectl'),
  section('versions', { args: PROGRAMS }),
];

/** Hashes files anew: a stamp of size and time would not show who meant to hide a change. */
export function digestsOf(files: readonly string[]): Section {
  return section('digests', { args: files });
}

/** A section's script has its name. */
function section(id: string, values: ShellValues = {}): Section {
  return [id, shellScript(`./sections/${id}.sh`, import.meta.url), values];
}
