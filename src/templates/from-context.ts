import type { KubeObject } from '../model/api.js';
import { imageRef } from '../model/artifact.js';
import { nthAddress } from '../model/text/cidr.js';
import { digestOf } from '../model/text/digest.js';
import type { Node, PhaseContext } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import { ENCRYPTION_CONFIG_PATH, pkiPair } from '../pki/index.js';
import { rbacObjects } from './addons.js';
import {
  admissionConfiguration,
  ANONYMOUS_PATHS,
  auditPolicy,
  authenticationConfiguration,
} from './api-server-files.js';
import { kubeletConfiguration } from './component-config.js';
import { apiServerManifest, controllerManagerManifest, schedulerManifest } from './control-plane.js';
import { etcdManifest } from './etcd.js';
import {
  API_SERVER_EXTRA_VOLUMES,
  apiServerExtraArgs,
  controllerManagerExtraArgs,
  schedulerExtraArgs,
} from './hardening.js';
import { clusterConfiguration, kubeadmObjects } from './kubeadm.js';
import { kubeletDropIn, kubeletFlags, kubeletInstanceConfig, kubeletUnit } from './kubelet-unit.js';

/** The CRI socket of containerd. */
export const CRI_SOCKET = 'unix:///run/containerd/containerd.sock';

const RESOLVED_UPSTREAMS = '/run/systemd/resolve/resolv.conf';

export const renderAuditPolicy = (): string => auditPolicy({});
export const renderAuthenticationConfiguration = (): string =>
  authenticationConfiguration({ anonymousPaths: [...ANONYMOUS_PATHS] });

/** Other namespaces with privileged pods, such as kube-flannel, say so by label. */
export function renderAdmissionConfiguration(_context: PhaseContext): string {
  return admissionConfiguration({ exemptNamespaces: ['kube-system'] });
}

export function renderEtcdManifest({ spec, node, nodes, images }: PhaseContext): string {
  const controlPlane = nodes.filter((candidate) => candidate.isControlPlane);
  // Members join one after the other, in the inventory's order.
  const members = controlPlane
    .slice(0, controlPlane.indexOf(node) + 1)
    .map((member) => ({ name: member.spec.name, address: member.address }));
  return etcdManifest({
    image: imageRef(images, 'etcd'),
    name: node.spec.name,
    address: node.address,
    dataDir: spec.etcd.dataDir,
    members,
    extraArgs: spec.etcd.extraArgs,
  });
}

export function renderApiServerManifest(context: PhaseContext): string {
  const { spec, node, images, material } = context;
  return apiServerManifest({
    image: imageRef(images, 'kube-apiserver'),
    advertiseAddress: node.address,
    port: spec.apiServer.port,
    serviceCIDR: spec.network.serviceCIDR,
    domain: spec.network.domain,
    osFamily: node.facts.os.family,
    extraArgs: apiServerExtraArgs(spec.apiServer.extraArgs),
    configDigest: digestOf(
      renderAuditPolicy(),
      renderAdmissionConfiguration(context),
      renderAuthenticationConfiguration(),
      material[node.spec.name]?.[ENCRYPTION_CONFIG_PATH]?.content ?? '',
    ),
  });
}

export function renderControllerManagerManifest({ spec, node, images, material }: PhaseContext): string {
  return controllerManagerManifest({
    image: imageRef(images, 'kube-controller-manager'),
    clusterName: spec.name,
    podCIDR: spec.network.podCIDR,
    serviceCIDR: spec.network.serviceCIDR,
    hasCaKey: material[node.spec.name]?.[pkiPair('ca').key] !== undefined,
    osFamily: node.facts.os.family,
    extraArgs: controllerManagerExtraArgs(spec.controllerManager.extraArgs, spec.cloudProvider),
  });
}

export function renderSchedulerManifest({ spec, images }: PhaseContext): string {
  return schedulerManifest({
    image: imageRef(images, 'kube-scheduler'),
    extraArgs: schedulerExtraArgs(spec.scheduler.extraArgs),
  });
}

export function renderKubeletConfiguration({ spec, node }: PhaseContext): string {
  return kubeletConfiguration({
    ...sharedKubelet(spec),
    containerRuntimeEndpoint: CRI_SOCKET,
    ...(usesResolved(node) ? { resolvConf: RESOLVED_UPSTREAMS } : {}),
  });
}

export const renderKubeletInstanceConfig = (): string => kubeletInstanceConfig(CRI_SOCKET);
export const renderKubeletUnit = (): string => kubeletUnit({ binary: '/usr/local/bin/kubelet' });
export const renderKubeletDropIn = (): string => kubeletDropIn({ binary: '/usr/local/bin/kubelet' });

export function renderKubeletFlags({ spec, node }: PhaseContext): string {
  const { name, roles, taints } = node.spec;
  const own =
    node.isControlPlane && !roles.includes('worker') ? ['node-role.kubernetes.io/control-plane=:NoSchedule'] : [];
  return kubeletFlags({
    nodeIp: node.address,
    ...(spec.manageHostname || node.facts.hostname === name ? {} : { hostnameOverride: name }),
    externalCloudProvider: spec.cloudProvider === 'external',
    taints: [...own, ...taints.map(({ key, value, effect }) => `${key}=${value ?? ''}:${effect}`)],
  });
}

export function renderClusterConfiguration({ spec, endpoint, images }: PhaseContext): string {
  return clusterConfiguration({
    kubernetesVersion: spec.kubernetesVersion,
    clusterName: spec.name,
    endpoint,
    domain: spec.network.domain,
    podCIDR: spec.network.podCIDR,
    serviceCIDR: spec.network.serviceCIDR,
    validityDays: spec.pki.validityDays,
    caValidityDays: spec.pki.caValidityDays,
    keyAlgorithm: spec.pki.keyAlgorithm,
    images: { apiServer: imageRef(images, 'kube-apiserver'), coredns: imageRef(images, 'coredns') },
    apiServer: {
      certSANs: spec.apiServer.certSANs,
      extraArgs: apiServerExtraArgs(spec.apiServer.extraArgs),
      extraVolumes: API_SERVER_EXTRA_VOLUMES,
    },
    controllerManager: controllerManagerExtraArgs(spec.controllerManager.extraArgs, spec.cloudProvider),
    scheduler: schedulerExtraArgs(spec.scheduler.extraArgs),
    etcd: spec.etcd,
  });
}

export const kubeadmRbac = (_context: PhaseContext): KubeObject[] => rbacObjects();

export function kubeadmConfigMaps(context: PhaseContext): KubeObject[] {
  const { spec, leader, endpoint, material } = context;
  return kubeadmObjects({
    clusterConfiguration: renderClusterConfiguration(context),
    kubeletConfiguration: kubeletConfiguration({ ...sharedKubelet(spec), containerRuntimeEndpoint: '' }),
    caPem: material[leader.spec.name]?.[pkiPair('ca').crt]?.content ?? '',
    server: `https://${endpoint}`,
  });
}

function sharedKubelet(spec: Spec): Omit<Parameters<typeof kubeletConfiguration>[0], 'containerRuntimeEndpoint'> {
  return {
    clusterDNS: nthAddress(spec.network.serviceCIDR, 10),
    clusterDomain: spec.network.domain,
    failCgroupV1: spec.kubelet.cgroupV1 === 'refuse',
    failSwapOn: spec.swap === 'off',
    user: spec.kubelet.config,
  };
}

// /etc/resolv.conf then names 127.0.0.53, which in a pod is the pod itself (kubeadm: componentconfigs isServiceActive("systemd-resolved")).
function usesResolved(node: Node): boolean {
  return node.facts.listening.some(
    ({ address, port, process }) =>
      port === 53 && (address.startsWith('127.0.0.53') || (process ?? '').startsWith('systemd-resolve')),
  );
}
