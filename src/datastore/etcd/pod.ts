import { imageRef } from '../../model/artifact.js';
import type { ComponentPod } from '../../model/seams/component-pod.js';
import type { PhaseContext } from '../../model/phase.js';
import { hostPort, loopback } from '../../model/text/address.js';
import { toFlags, type Flags } from '../../model/text/flags.js';
import { PKI_DIR, trustAnnotations } from '../../pki/index.js';
import { ETCD_CA } from './certificates.js';
import { BORN_LATER, bornWith, KEPT } from './members/birth.js';
import { CERTIFICATES_DIR, CLIENT_PORT, memberFolder, METRICS_PORT, peerUrl } from './places.js';

/** kubeadm's (kubeadm 1.34-1.36: phases/etcd getEtcdCommand), and the inventory's. @param first what counts at its first start only */
export function etcdFlags(context: PhaseContext, first: Flags = {}): string[] {
  const { spec, node } = context;
  const { dataDir, extraArgs } = spec.etcd;
  const local = loopback(node.address);
  const client = `https://${hostPort(node.address, CLIENT_PORT)}`;
  const peer = peerUrl(node.address);
  const flags = {
    'advertise-client-urls': client,
    'cert-file': `${CERTIFICATES_DIR}/server.crt`,
    'client-cert-auth': 'true',
    'data-dir': dataDir,
    'feature-gates': 'InitialCorruptCheck=true',
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `${node.spec.name}=${peer}`,
    'key-file': `${CERTIFICATES_DIR}/server.key`,
    'listen-client-urls': `https://${hostPort(local, CLIENT_PORT)},${client}`,
    'listen-metrics-urls': `http://${hostPort(local, METRICS_PORT)}`,
    'listen-peer-urls': peer,
    name: node.spec.name,
    'peer-cert-file': `${CERTIFICATES_DIR}/peer.crt`,
    'peer-client-cert-auth': 'true',
    'peer-key-file': `${CERTIFICATES_DIR}/peer.key`,
    'peer-trusted-ca-file': `${CERTIFICATES_DIR}/ca.crt`,
    'snapshot-count': '10000',
    'trusted-ca-file': `${CERTIFICATES_DIR}/ca.crt`,
    'watch-progress-notify-interval': '5s',
  };
  return toFlags({ ...flags, ...first }, extraArgs);
}

/** What its member on this host begins, or began, with. @param kept it is the first, and has others */
export function atFirst({ node }: PhaseContext, joins: boolean, kept = false): Flags | undefined {
  const born = joins ? BORN_LATER : bornWith(node.facts.kubernetes.manifests);
  return kept ? { ...born, ...KEPT } : born;
}

/**
 * etcd by these flags. The data folder belongs to etcd:etcd on the host (CIS 1.1.12); the process is root in its container, for its keys
 * are root's alone.
 */
export function etcdPod(context: PhaseContext, joins: boolean, kept = false): ComponentPod {
  const { spec, node, images } = context;
  const { dataDir, extraArgs } = spec.etcd;
  const local = loopback(node.address);
  const client = `https://${hostPort(node.address, CLIENT_PORT)}`;
  return {
    name: 'etcd',
    annotations: [
      { name: 'kubeadm.kubernetes.io/etcd.advertise-client-urls', value: client },
      ...trustAnnotations(context, [ETCD_CA]),
    ],
    flags: etcdFlags(context),
    firstFlags: etcdFlags(context, atFirst(context, joins, kept)),
    image: imageRef(images, 'etcd'),
    probe: {
      ...probeAt(extraArgs['listen-metrics-urls'], local),
      livenessPath: '/livez',
      startupPath: '/readyz',
      readinessPath: '/readyz',
    },
    cpu: '100m',
    memory: '100Mi',
    volumes: [
      { name: 'etcd-certs', path: CERTIFICATES_DIR, type: 'DirectoryOrCreate', readOnly: false },
      { name: 'etcd-data', path: dataDir, type: 'DirectoryOrCreate', readOnly: false },
      // Not in kubeadm's. Without it there are no data (their disk is not mounted, say), and etcd would begin an empty cluster: the kubelet waits instead.
      { name: 'etcd-member', path: memberFolder(dataDir), type: 'Directory', readOnly: false },
    ],
  };
}

/** How the API server on the same host reaches it (kubeadm: getAPIServerCommand). */
export function etcdApiServerFlags({ node, spec }: PhaseContext): Readonly<Record<string, string>> {
  const own = spec.etcd.extraArgs['advertise-client-urls'];
  return {
    'etcd-cafile': `${CERTIFICATES_DIR}/ca.crt`,
    'etcd-certfile': `${PKI_DIR}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${PKI_DIR}/apiserver-etcd-client.key`,
    'etcd-servers': own ?? `https://${hostPort(loopback(node.address), CLIENT_PORT)}`,
  };
}

/** Where it tells its health: at the first URL the inventory gives it, else on the loopback (kubeadm: GetEtcdProbeEndpoint). */
function probeAt(urls: string | undefined, local: string): Pick<ComponentPod['probe'], 'host' | 'port' | 'scheme'> {
  const first = urls?.split(',')[0] ?? '';
  const url = URL.canParse(first) ? new URL(first) : undefined;
  const everywhere = ['', '0.0.0.0', '[::]'].includes(url?.hostname ?? '');
  return {
    host: everywhere ? local : (url?.hostname ?? '').replace(/^\[|\]$/g, ''),
    port: Number(url?.port) || METRICS_PORT,
    scheme: url?.protocol === 'https:' ? 'HTTPS' : 'HTTP',
  };
}
