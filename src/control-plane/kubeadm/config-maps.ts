import type { KubeObject } from '../../model/api.js';
import type { PhaseContext } from '../../model/phase.js';
import { toYaml } from '../../model/text/yaml.js';
import { pkiPair } from '../../pki/index.js';
import { configMap } from '../../templates/objects.js';
import { clusterConfiguration } from './cluster-configuration.js';

/**
 * ConfigMaps that `kubeadm join` and `kubeadm upgrade` read. cluster-info gets its signatures from the controller
 * manager's bootstrap signer. Without kubeadm's hash annotation: these are a user's settings, not kubeadm's to regenerate.
 * @param kubeletConfiguration what all nodes share, in YAML
 */
export function kubeadmConfigMaps(context: PhaseContext, kubeletConfiguration: string): KubeObject[] {
  return [
    configMap('kubeadm-config', 'kube-system', { ClusterConfiguration: clusterConfiguration(context) }),
    configMap('kubelet-config', 'kube-system', { kubelet: kubeletConfiguration }),
    configMap('cluster-info', 'kube-public', { kubeconfig: clusterInfo(context) }),
  ];
}

/** A kubeconfig without a user: where the cluster is and which CA it has (kubeadm: phases/bootstraptoken/clusterinfo). */
function clusterInfo({ leader, endpoint, material }: PhaseContext): string {
  const caPem = material[leader.spec.name]?.[pkiPair('ca').crt]?.content ?? '';
  const cluster = {
    'certificate-authority-data': Buffer.from(caPem, 'utf8').toString('base64'),
    server: `https://${endpoint}`,
  };
  const config = {
    apiVersion: 'v1',
    clusters: [{ cluster, name: '' }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    users: null,
  };
  return toYaml(config, { indentSeq: false });
}
