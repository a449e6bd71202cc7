import { stringify } from 'yaml';
import { z } from 'zod';
import type { KubeObject } from '../model/api.js';
import type { KeyAlgorithm } from '../model/spec.js';
import { PKI_DIR } from '../pki/index.js';
import type { Volume } from './static-pod.js';
import { configMap } from './objects.js';
import { template } from './template.js';

type Flags = Readonly<Record<string, string>>;

export interface ClusterConfigurationView {
  readonly kubernetesVersion: string;
  readonly clusterName: string;
  /** host:port */
  readonly endpoint: string;
  readonly domain: string;
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  readonly validityDays: number;
  readonly caValidityDays: number;
  readonly keyAlgorithm: KeyAlgorithm;
  readonly images: { readonly apiServer: string; readonly coredns: string };
  readonly apiServer: {
    readonly certSANs: readonly string[];
    readonly extraArgs: Flags;
    readonly extraVolumes: readonly Volume[];
  };
  readonly controllerManager: Flags;
  readonly scheduler: Flags;
  readonly etcd: { readonly dataDir: string; readonly extraArgs: Flags };
}

/**
 * kubeadm's ClusterConfiguration (v1beta4) in YAML, from which the stock kubeadm of the same version renders the very
 * manifests kinit writes: so that its upgrade and its joins of control-plane nodes keep what kinit set.
 */
export function clusterConfiguration(view: ClusterConfigurationView): string {
  const imageRepository = folderOf(view.images.apiServer);
  const { certSANs, extraArgs, extraVolumes } = view.apiServer;
  const config = {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    apiServer: {
      ...(certSANs.length === 0 ? {} : { certSANs }),
      ...args(extraArgs),
      extraVolumes: extraVolumes.map(({ name, path, type, readOnly }) => ({
        name,
        hostPath: path,
        mountPath: path,
        pathType: type,
        ...(readOnly ? { readOnly } : {}),
      })),
    },
    caCertificateValidityPeriod: `${view.caValidityDays * 24}h0m0s`,
    certificateValidityPeriod: `${view.validityDays * 24}h0m0s`,
    certificatesDir: PKI_DIR,
    clusterName: view.clusterName,
    controlPlaneEndpoint: view.endpoint,
    controllerManager: args(view.controllerManager),
    dns: dnsImage(view.images.coredns, imageRepository),
    encryptionAlgorithm: view.keyAlgorithm,
    etcd: { local: { dataDir: view.etcd.dataDir, ...args(view.etcd.extraArgs) } },
    imageRepository,
    kubernetesVersion: `v${view.kubernetesVersion}`,
    networking: { dnsDomain: view.domain, podSubnet: view.podCIDR, serviceSubnet: view.serviceCIDR },
    proxy: {},
    scheduler: args(view.scheduler),
  };
  return stringify(config, { lineWidth: 0, indentSeq: false, sortMapEntries: true });
}

const clusterInfo = template(
  new URL('./cluster-info.hbs', import.meta.url),
  z.strictObject({ caData: z.string(), server: z.string() }),
);

/**
 * ConfigMaps that `kubeadm join` and `kubeadm upgrade` read. cluster-info gets its signatures from the controller
 * manager's bootstrap signer. Without kubeadm's hash annotation: these are a user's settings, not kubeadm's to regenerate.
 */
export function kubeadmObjects(view: {
  readonly clusterConfiguration: string;
  readonly kubeletConfiguration: string;
  readonly caPem: string;
  readonly server: string;
}): KubeObject[] {
  const info = clusterInfo({ caData: Buffer.from(view.caPem, 'utf8').toString('base64'), server: view.server });
  return [
    configMap('kubeadm-config', 'kube-system', { ClusterConfiguration: view.clusterConfiguration }),
    configMap('kubelet-config', 'kube-system', { kubelet: view.kubeletConfiguration }),
    configMap('cluster-info', 'kube-public', { kubeconfig: info }),
  ];
}

function args(flags: Flags): { extraArgs?: { name: string; value: string }[] } {
  const names = Object.keys(flags).sort();
  return names.length === 0 ? {} : { extraArgs: names.map((name) => ({ name, value: flags[name] ?? '' })) };
}

// kubeadm looks for CoreDNS below the shared repository, one level deeper in the official one (kubeadm: images.GetDNSImage).
function dnsImage(coredns: string, imageRepository: string): { imageRepository?: string } {
  const looksIn = imageRepository === 'registry.k8s.io' ? `${imageRepository}/coredns` : imageRepository;
  const folder = folderOf(coredns);
  return folder === looksIn ? {} : { imageRepository: folder };
}

const folderOf = (image: string): string => image.slice(0, image.lastIndexOf('/'));
