import { PKI_DIR } from '../pki/index.js';
import { API_SERVER_EXTRA_VOLUMES } from './hardening.js';
import { probeHost, staticPod, toFlags, type StaticPodView, type Volume } from './static-pod.js';

type Flags = Readonly<Record<string, string>>;

export interface ApiServerView {
  readonly image: string;
  readonly advertiseAddress: string;
  readonly port: number;
  readonly serviceCIDR: string;
  readonly domain: string;
  readonly osFamily: OsFamily;
  /** Over kubeadm's defaults: hardening and the user's, see hardening.ts. */
  readonly extraArgs: Flags;
  /** Digest of the files the flags name: a changed one has to restart the pod. */
  readonly configDigest: string;
}

type OsFamily = 'debian' | 'redhat' | 'unknown';

/** kube-apiserver with kubeadm's flags (kubeadm 1.34-1.36: phases/controlplane getAPIServerCommand). */
export function apiServerManifest(view: ApiServerView): string {
  const flags: Flags = {
    'advertise-address': view.advertiseAddress,
    'allow-privileged': 'true',
    'authorization-mode': 'Node,RBAC',
    'client-ca-file': `${PKI_DIR}/ca.crt`,
    'enable-admission-plugins': 'NodeRestriction',
    'enable-bootstrap-token-auth': 'true',
    'etcd-cafile': `${PKI_DIR}/etcd/ca.crt`,
    'etcd-certfile': `${PKI_DIR}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${PKI_DIR}/apiserver-etcd-client.key`,
    'etcd-servers': `https://${hostPort(loopback(view.advertiseAddress), 2379)}`,
    'kubelet-client-certificate': `${PKI_DIR}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${PKI_DIR}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
    'proxy-client-cert-file': `${PKI_DIR}/front-proxy-client.crt`,
    'proxy-client-key-file': `${PKI_DIR}/front-proxy-client.key`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': `${PKI_DIR}/front-proxy-ca.crt`,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'secure-port': String(view.port),
    'service-account-issuer': `https://kubernetes.default.svc.${view.domain}`,
    'service-account-key-file': `${PKI_DIR}/sa.pub`,
    'service-account-signing-key-file': `${PKI_DIR}/sa.key`,
    'service-cluster-ip-range': view.serviceCIDR,
    'tls-cert-file': `${PKI_DIR}/apiserver.crt`,
    'tls-private-key-file': `${PKI_DIR}/apiserver.key`,
  };
  return staticPod({
    name: 'kube-apiserver',
    annotations: [
      { name: 'kinit/config-sha256', value: view.configDigest },
      {
        name: 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint',
        value: hostPort(view.advertiseAddress, view.port),
      },
    ],
    flags: toFlags(flags, view.extraArgs),
    image: view.image,
    probe: {
      ...probeHost(view.extraArgs['advertise-address'] ?? view.advertiseAddress),
      port: view.port,
      scheme: 'HTTPS',
      livenessPath: '/livez',
      startupPath: '/livez',
      readinessPath: '/readyz',
    },
    cpu: '250m',
    volumes: byName([...caVolumes(view.osFamily), PKI_VOLUME, ...API_SERVER_EXTRA_VOLUMES]),
  });
}

export interface ControllerManagerView {
  readonly image: string;
  readonly clusterName: string;
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  /** False where the CA's key is kept elsewhere: then nothing in the cluster signs certificates. */
  readonly hasCaKey: boolean;
  readonly osFamily: OsFamily;
  readonly extraArgs: Flags;
}

const CM_CONF = '/etc/kubernetes/controller-manager.conf';

/** kube-controller-manager with kubeadm's flags (getControllerManagerCommand). */
export function controllerManagerManifest(view: ControllerManagerView): string {
  const flags: Flags = {
    'allocate-node-cidrs': 'true',
    'authentication-kubeconfig': CM_CONF,
    'authorization-kubeconfig': CM_CONF,
    'bind-address': '127.0.0.1',
    'client-ca-file': `${PKI_DIR}/ca.crt`,
    'cluster-cidr': view.podCIDR,
    'cluster-name': view.clusterName,
    'cluster-signing-cert-file': view.hasCaKey ? `${PKI_DIR}/ca.crt` : '',
    'cluster-signing-key-file': view.hasCaKey ? `${PKI_DIR}/ca.key` : '',
    controllers: '*,bootstrapsigner,tokencleaner',
    kubeconfig: CM_CONF,
    'leader-elect': 'true',
    'requestheader-client-ca-file': `${PKI_DIR}/front-proxy-ca.crt`,
    'root-ca-file': `${PKI_DIR}/ca.crt`,
    'service-account-private-key-file': `${PKI_DIR}/sa.key`,
    'service-cluster-ip-range': view.serviceCIDR,
    'use-service-account-credentials': 'true',
  };
  return staticPod({
    ...localComponent('kube-controller-manager', view.image, flags, view.extraArgs),
    probe: {
      ...probeHost(view.extraArgs['bind-address'] ?? '127.0.0.1'),
      port: 10257,
      scheme: 'HTTPS',
      livenessPath: '/healthz',
      startupPath: '/healthz',
    },
    cpu: '200m',
    volumes: byName([
      ...caVolumes(view.osFamily),
      PKI_VOLUME,
      { name: 'kubeconfig', path: CM_CONF, type: 'FileOrCreate', readOnly: true },
    ]),
  });
}

const SCHEDULER_CONF = '/etc/kubernetes/scheduler.conf';

/** kube-scheduler with kubeadm's flags (getSchedulerCommand). */
export function schedulerManifest(view: { readonly image: string; readonly extraArgs: Flags }): string {
  const flags: Flags = {
    'authentication-kubeconfig': SCHEDULER_CONF,
    'authorization-kubeconfig': SCHEDULER_CONF,
    'bind-address': '127.0.0.1',
    kubeconfig: SCHEDULER_CONF,
    'leader-elect': 'true',
  };
  return staticPod({
    ...localComponent('kube-scheduler', view.image, flags, view.extraArgs),
    probe: {
      ...probeHost(view.extraArgs['bind-address'] ?? '127.0.0.1'),
      port: 10259,
      scheme: 'HTTPS',
      livenessPath: '/livez',
      startupPath: '/livez',
      readinessPath: '/readyz',
    },
    cpu: '100m',
    volumes: [{ name: 'kubeconfig', path: SCHEDULER_CONF, type: 'FileOrCreate', readOnly: true }],
  });
}

/** host:port of a URL, with the brackets an IPv6 address needs. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export const loopback = (family: string): string => (family.includes(':') ? '::1' : '127.0.0.1');
export const byName = (volumes: readonly Volume[]): Volume[] => [...volumes].sort((a, b) => (a.name < b.name ? -1 : 1));

function localComponent(
  name: string,
  image: string,
  flags: Flags,
  extraArgs: Flags,
): Pick<StaticPodView, 'name' | 'annotations' | 'flags' | 'image'> {
  return { name, annotations: [], flags: toFlags(flags, extraArgs), image };
}

const PKI_VOLUME: Volume = { name: 'k8s-certs', path: PKI_DIR, type: 'DirectoryOrCreate', readOnly: true };

function caVolumes(family: OsFamily): Volume[] {
  const name = (path: string): string => (path === CA_FOLDER ? 'ca-certs' : path.slice(1).replaceAll('/', '-'));
  return caFolders(family).map((path) => ({ name: name(path), path, type: 'DirectoryOrCreate', readOnly: true }));
}

const CA_FOLDER = '/etc/ssl/certs';

/** Folders of the host's trusted CAs, which control-plane pods mount. kubeadm mounts those that exist: the first holds links into them, or is one. */
export function caFolders(family: OsFamily): readonly string[] {
  return [
    CA_FOLDER,
    ...(family === 'redhat'
      ? ['/etc/pki/ca-trust', '/etc/pki/tls/certs']
      : ['/etc/ca-certificates', '/usr/local/share/ca-certificates', '/usr/share/ca-certificates']),
  ];
}
