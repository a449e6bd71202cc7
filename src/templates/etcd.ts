import { PKI_DIR } from '../pki/index.js';
import { hostPort, loopback } from './control-plane.js';
import { staticPod, toFlags } from './static-pod.js';

export interface EtcdView {
  readonly image: string;
  readonly name: string;
  readonly address: string;
  readonly dataDir: string;
  /** Members this one starts with, itself among them; more than one means it joins them. */
  readonly members: readonly { readonly name: string; readonly address: string }[];
  readonly extraArgs: Readonly<Record<string, string>>;
}

/**
 * etcd with kubeadm's flags (kubeadm 1.34-1.36: phases/etcd getEtcdCommand). The data folder belongs to etcd:etcd
 * on the host (CIS 1.1.12); the process is root in its container, for its keys are root's alone.
 */
export function etcdManifest(view: EtcdView): string {
  const local = loopback(view.address);
  const client = `https://${hostPort(view.address, 2379)}`;
  const peer = peerUrl(view.address);
  const flags = {
    'advertise-client-urls': client,
    'cert-file': `${PKI_DIR}/etcd/server.crt`,
    'client-cert-auth': 'true',
    'data-dir': view.dataDir,
    'feature-gates': 'InitialCorruptCheck=true',
    'initial-advertise-peer-urls': peer,
    'initial-cluster': view.members.map((member) => `${member.name}=${peerUrl(member.address)}`).join(','),
    'initial-cluster-state': view.members.length > 1 ? 'existing' : undefined,
    'key-file': `${PKI_DIR}/etcd/server.key`,
    'listen-client-urls': `https://${hostPort(local, 2379)},${client}`,
    'listen-metrics-urls': `http://${hostPort(local, 2381)}`,
    'listen-peer-urls': peer,
    name: view.name,
    'peer-cert-file': `${PKI_DIR}/etcd/peer.crt`,
    'peer-client-cert-auth': 'true',
    'peer-key-file': `${PKI_DIR}/etcd/peer.key`,
    'peer-trusted-ca-file': `${PKI_DIR}/etcd/ca.crt`,
    'snapshot-count': '10000',
    'trusted-ca-file': `${PKI_DIR}/etcd/ca.crt`,
    'watch-progress-notify-interval': '5s',
  };
  return staticPod({
    name: 'etcd',
    annotations: [{ name: 'kubeadm.kubernetes.io/etcd.advertise-client-urls', value: client }],
    flags: toFlags(flags, view.extraArgs),
    image: view.image,
    probe: {
      host: local,
      port: 2381,
      scheme: 'HTTP',
      livenessPath: '/livez',
      startupPath: '/readyz',
      readinessPath: '/readyz',
    },
    cpu: '100m',
    memory: '100Mi',
    volumes: [
      { name: 'etcd-certs', path: `${PKI_DIR}/etcd`, type: 'DirectoryOrCreate', readOnly: false },
      { name: 'etcd-data', path: view.dataDir, type: 'DirectoryOrCreate', readOnly: false },
    ],
  });
}

const peerUrl = (address: string): string => `https://${hostPort(address, 2380)}`;
