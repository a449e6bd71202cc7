import { datastoreOf } from '../../datastore/index.js';
import { imageRef } from '../../model/artifact.js';
import type { PhaseContext } from '../../model/phase.js';
import { parseImageRef } from '../../model/text/image-ref.js';
import { kubeadmArgs } from '../../model/text/flags.js';
import { toYaml } from '../../model/text/yaml.js';
import { PKI_DIR } from '../../pki/index.js';
import { givenNames } from '../api-server/certificates.js';
import { API_SERVER_EXTRA_VOLUMES, apiServerExtraArgs } from '../api-server/hardening.js';
import { controllerManagerExtraArgs, schedulerExtraArgs } from '../controllers/flags.js';

/**
 * kubeadm's ClusterConfiguration (v1beta4) in YAML, from which the stock kubeadm of the same version renders the very
 * manifests kinit writes: so that its upgrade and its joins of control-plane nodes keep what kinit set.
 */
export function clusterConfiguration({ spec, endpoint, images }: PhaseContext): string {
  const imageRepository = folderOf(imageRef(images, 'kube-apiserver'));
  const certSANs = givenNames(spec);
  const store = datastoreOf(spec);
  const config = {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    apiServer: {
      ...(certSANs.length === 0 ? {} : { certSANs }),
      ...kubeadmArgs({ ...store.kubeadmApiServerArgs?.(spec), ...apiServerExtraArgs(spec.apiServer.extraArgs) }),
      extraVolumes: extraVolumes(),
    },
    caCertificateValidityPeriod: `${spec.pki.caValidityDays * 24}h0m0s`,
    certificateValidityPeriod: `${spec.pki.validityDays * 24}h0m0s`,
    certificatesDir: PKI_DIR,
    clusterName: spec.name,
    controlPlaneEndpoint: endpoint,
    controllerManager: kubeadmArgs(controllerManagerExtraArgs(spec)),
    dns: dnsImage(imageRef(images, 'coredns'), imageRepository),
    encryptionAlgorithm: spec.pki.keyAlgorithm,
    ...store.kubeadm(spec),
    imageRepository,
    kubernetesVersion: `v${spec.kubernetesVersion}`,
    networking: {
      dnsDomain: spec.network.domain,
      podSubnet: spec.network.podCIDR,
      serviceSubnet: spec.network.serviceCIDR,
    },
    proxy: {},
    scheduler: kubeadmArgs(schedulerExtraArgs(spec)),
  };
  return toYaml(config, { indentSeq: false, sortMapEntries: true });
}

function extraVolumes(): readonly Record<string, unknown>[] {
  return API_SERVER_EXTRA_VOLUMES.map(({ name, path, type, readOnly }) => ({
    name,
    hostPath: path,
    mountPath: path,
    pathType: type,
    ...(readOnly ? { readOnly } : {}),
  }));
}

// kubeadm looks for CoreDNS below the shared repository, one level deeper in the official one (kubeadm: images.GetDNSImage).
function dnsImage(coredns: string, imageRepository: string): { imageRepository?: string } {
  const looksIn = imageRepository === 'registry.k8s.io' ? `${imageRepository}/coredns` : imageRepository;
  const folder = folderOf(coredns);
  return folder === looksIn ? {} : { imageRepository: folder };
}

function folderOf(image: string): string {
  const { registry, repository } = parseImageRef(image);
  const slash = repository.lastIndexOf('/');
  return slash < 0 ? registry : `${registry}/${repository.slice(0, slash)}`;
}
