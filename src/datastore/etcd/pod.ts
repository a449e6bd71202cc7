import { imageRef } from '../../model/artifact.js';
import type { ComponentPod } from '../../model/seams/component-pod.js';
import type { PhaseContext } from '../../model/phase.js';
import { isControlPlane } from '../../model/spec.js';
import { hostPort, loopback } from '../../model/text/address.js';
import { toFlags } from '../../model/text/flags.js';
import { PKI_DIR } from '../../pki/index.js';
import { CERTIFICATES_DIR, CLIENT_PORT, METRICS_PORT, peerUrl } from './places.js';

/** kubeadm's (kubeadm 1.34-1.36: phases/etcd getEtcdCommand), and the inventory's. */
export function etcdFlags(context: PhaseContext): string[] {
  const { spec, node } = context;
  const { dataDir, extraArgs } = spec.etcd;
  const local = loopback(node.address);
  const client = `https://${hostPort(node.address, CLIENT_PORT)}`;
  const peer = peerUrl(node.address);
  const members = membersUpTo(context);
  const flags = {
    'advertise-client-urls': client,
    'cert-file': `${CERTIFICATES_DIR}/server.crt`,
    'client-cert-auth': 'true',
    'data-dir': dataDir,
    'feature-gates': 'InitialCorruptCheck=true',
    'initial-advertise-peer-urls': peer,
    'initial-cluster': members.map(([name, address]) => `${name}=${peerUrl(address)}`).join(','),
    'initial-cluster-state': members.length > 1 ? 'existing' : undefined,
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
  return toFlags(flags, extraArgs);
}

/**
 * etcd by these flags. The data folder belongs to etcd:etcd on the host (CIS 1.1.12); the process is root in its container, for its keys
 * are root's alone.
 */
export function etcdPod(context: PhaseContext): ComponentPod {
  const { spec, node, images } = context;
  const { dataDir, extraArgs } = spec.etcd;
  const local = loopback(node.address);
  const client = `https://${hostPort(node.address, CLIENT_PORT)}`;
  return {
    name: 'etcd',
    annotations: [{ name: 'kubeadm.kubernetes.io/etcd.advertise-client-urls', value: client }],
    flags: etcdFlags(context),
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

/** Those it starts with, itself among them; more than one means that it joins them. Members join one after the other, in the inventory's order; one that does not answer now is one all the same. */
function membersUpTo({ spec, node, addresses }: PhaseContext): readonly (readonly [name: string, address: string])[] {
  const names = spec.hosts.filter(isControlPlane).map(({ name }) => name);
  return names.slice(0, names.indexOf(node.spec.name) + 1).flatMap((name) => {
    const address = addresses[name];
    return address === undefined ? [] : [[name, address] as const];
  });
}
