import type { PhaseContext } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import type { Flags } from '../../model/text/flags.js';
import { sha256Hex } from '../../model/text/digest.js';
import { parseKubeconfig, pkiPair, PKI_DIR, SIGNER } from '../../pki/index.js';

export const CONTROLLER_MANAGER_CONF = '/etc/kubernetes/controller-manager.conf';
export const SCHEDULER_CONF = '/etc/kubernetes/scheduler.conf';

/** kube-controller-manager's, by kubeadm (kubeadm 1.34-1.36: phases/controlplane getControllerManagerCommand). */
export function controllerManagerFlags({ spec, node, material }: PhaseContext): Flags {
  // Where the CA's key is kept elsewhere nothing in the cluster signs certificates.
  const ca = pkiPair('ca');
  const mine = material[node.spec.name] ?? {};
  const signs = mine[ca.key] !== undefined;
  const apart = mine[SIGNER];
  const signer = apart === undefined || apart.gone === true ? ca.crt : SIGNER;
  return {
    'allocate-node-cidrs': 'true',
    'authentication-kubeconfig': CONTROLLER_MANAGER_CONF,
    'authorization-kubeconfig': CONTROLLER_MANAGER_CONF,
    'bind-address': '127.0.0.1',
    'client-ca-file': ca.crt,
    'cluster-cidr': spec.network.podCIDR,
    'cluster-name': spec.name,
    'cluster-signing-cert-file': signs ? signer : '',
    'cluster-signing-key-file': signs ? ca.key : '',
    controllers: '*,bootstrapsigner,tokencleaner',
    kubeconfig: CONTROLLER_MANAGER_CONF,
    'leader-elect': 'true',
    'requestheader-client-ca-file': `${PKI_DIR}/front-proxy-ca.crt`,
    'root-ca-file': ca.crt,
    'service-account-private-key-file': `${PKI_DIR}/sa.key`,
    'service-cluster-ip-range': spec.network.serviceCIDR,
    'use-service-account-credentials': 'true',
  };
}

/** What kinit sets beyond kubeadm's defaults, with the inventory's own flags over it. Numbers are CIS Kubernetes 1.12's. */
export function controllerManagerExtraArgs({ controllerManager, cloudProvider }: Spec): Flags {
  return {
    ...(cloudProvider === 'external' ? { 'cloud-provider': 'external' } : {}),
    // At its first start it makes a ServiceAccount for each of its controllers, 100 requests one after the other: with a
    // burst of 30 and then 20 a second that takes 5 s, in which no certificate is signed and no pod made.
    'kube-api-burst': '200',
    // The taint of a node that was not Ready goes when it is looked at next (nodelifecycle: monitorNodeHealth): after up to 5 s, by default, in
    // which it takes no pods. A look costs what the caches cost; when a node is given up is another setting.
    'node-monitor-period': '1s',
    profiling: 'false', // 1.3.2
    'terminated-pod-gc-threshold': '1000', // 1.3.1; upstream keeps 12500, more than a small control plane should hold
    ...controllerManager.extraArgs,
  };
}

/** kube-scheduler's, by kubeadm (getSchedulerCommand). */
export const SCHEDULER_FLAGS: Flags = {
  'authentication-kubeconfig': SCHEDULER_CONF,
  'authorization-kubeconfig': SCHEDULER_CONF,
  'bind-address': '127.0.0.1',
  kubeconfig: SCHEDULER_CONF,
  'leader-elect': 'true',
};

/** The scheduler's, likewise. */
export function schedulerExtraArgs({ scheduler }: Spec): Flags {
  return { profiling: 'false' /* 1.4.1 */, ...scheduler.extraArgs };
}

/**
 * Of the certificate a component logs in with. It reads its kubeconfig once, at its start: a renewed certificate has to
 * restart it. The API server and etcd take up theirs from the files by themselves.
 */
export function credentialsDigest({ node, material }: PhaseContext, kubeconfig: string): string {
  return sha256Hex(parseKubeconfig(material[node.spec.name]?.[kubeconfig]?.content ?? '')?.certPem ?? '');
}
