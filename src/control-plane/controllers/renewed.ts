import type { HostFacts } from '../../model/facts.js';
import { sha256Hex } from '../../model/text/digest.js';
import { parseKubeconfig } from '../../pki/index.js';
import { staticPodPath } from '../static-pod-file.js';
import { CONTROLLER_MANAGER_CONF, SCHEDULER_CONF } from './flags.js';

/** Of a component's pod: with which certificate it was started. */
export const CREDENTIALS_DIGEST = 'kinit/credentials-sha256';

const USED_BY = { 'kube-controller-manager': CONTROLLER_MANAGER_CONF, 'kube-scheduler': SCHEDULER_CONF };

/** Kubeconfigs on a host whose certificate is another than the one that their component was started with. */
export function renewedCredentials({ manifests, pki }: Pick<HostFacts['kubernetes'], 'manifests' | 'pki'>): string[] {
  return Object.entries(USED_BY).flatMap(([name, path]) => {
    const noted = new RegExp(`${CREDENTIALS_DIGEST}: ["']?([0-9a-f]{64})`).exec(
      manifests[staticPodPath(name)] ?? '',
    )?.[1];
    const certificate = parseKubeconfig(pki[path] ?? '')?.certPem;
    if (noted === undefined || certificate === undefined) return [];
    return sha256Hex(certificate) === noted ? [] : [path];
  });
}
