import { datastoreOf } from '../../datastore/index.js';
import { imageRef } from '../../model/artifact.js';
import type { ComponentPod, PodVolume } from '../../model/seams/component-pod.js';
import type { PhaseContext } from '../../model/phase.js';
import { hostPort } from '../../model/text/address.js';
import { toFlags } from '../../model/text/flags.js';
import { minorsBetween } from '../../model/text/version.js';
import { keyAnnotations, PKI_DIR, trustAnnotations } from '../../pki/index.js';
import { API_AUTHORITIES } from '../api-server/certificates.js';
import { apiServerFilesDigest } from '../api-server/files.js';
import { apiServerFlags } from '../api-server/flags.js';
import { API_SERVER_EXTRA_VOLUMES, apiServerExtraArgs } from '../api-server/hardening.js';
import {
  CONTROLLER_MANAGER_CONF,
  controllerManagerExtraArgs,
  controllerManagerFlags,
  credentialsDigest,
  SCHEDULER_CONF,
  SCHEDULER_FLAGS,
  schedulerExtraArgs,
} from '../controllers/flags.js';
import { CREDENTIALS_DIGEST } from '../controllers/renewed.js';
import { emulationFlags } from '../emulation.js';
import { caFolders, caVolumeName } from './ca-folders.js';

/** kube-apiserver as kubeadm has it (kubeadm 1.34-1.36: phases/controlplane GetStaticPodSpecs), like the two below. */
export function apiServerPod(context: PhaseContext): ComponentPod {
  const { spec, node, images } = context;
  const over = apiServerExtraArgs(spec.apiServer.extraArgs);
  return {
    name: 'kube-apiserver',
    annotations: [
      { name: 'kinit/config-sha256', value: apiServerFilesDigest(context) },
      {
        name: 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint',
        value: hostPort(node.address, spec.apiServer.port),
      },
      ...trustAnnotations(context),
      ...keyAnnotations(context, 'verifies'),
      ...(datastoreOf(spec).annotations?.(context) ?? []),
    ],
    flags: toFlags({ ...apiServerFlags(context), ...emulationFlags(context) }, over),
    image: imageRef(images, 'kube-apiserver'),
    probe: {
      ...probeHost(over['advertise-address'] ?? node.address),
      port: spec.apiServer.port,
      scheme: 'HTTPS',
      livenessPath: '/livez',
      startupPath: '/livez',
      readinessPath: '/readyz',
    },
    cpu: '250m',
    volumes: byName([...caVolumes(context), PKI_VOLUME, ...API_SERVER_EXTRA_VOLUMES]),
  };
}

export function controllerManagerPod(context: PhaseContext): ComponentPod {
  const over = controllerManagerExtraArgs(context.spec);
  return {
    name: 'kube-controller-manager',
    annotations: [
      credentials(context, CONTROLLER_MANAGER_CONF),
      ...trustAnnotations(context, API_AUTHORITIES),
      ...keyAnnotations(context, 'signs'),
    ],
    flags: toFlags({ ...controllerManagerFlags(context), ...emulationFlags(context) }, over),
    image: imageRef(context.images, 'kube-controller-manager'),
    probe: {
      ...probeHost(over['bind-address'] ?? '127.0.0.1'),
      port: 10257,
      scheme: 'HTTPS',
      livenessPath: '/healthz',
      startupPath: '/healthz',
    },
    cpu: '200m',
    volumes: byName([
      ...caVolumes(context),
      PKI_VOLUME,
      kubeconfigVolume(CONTROLLER_MANAGER_CONF),
      ...flexVolumes(context.spec.kubernetesVersion, over['flex-volume-plugin-dir']),
    ]),
  };
}

/** Where drivers of FlexVolumes lie. Of Kubernetes 1.36 on it has none (kubeadm: controlplane/volumes.go of 1.35 and of 1.36). */
function flexVolumes(
  kubernetesVersion: string,
  path = '/usr/libexec/kubernetes/kubelet-plugins/volume/exec',
): PodVolume[] {
  const has = (minorsBetween(kubernetesVersion, '1.35.0') ?? -1) >= 0;
  return has ? [{ name: 'flexvolume-dir', path, type: 'DirectoryOrCreate', readOnly: false }] : [];
}

export function schedulerPod(context: PhaseContext): ComponentPod {
  const { spec, images } = context;
  const over = schedulerExtraArgs(spec);
  return {
    name: 'kube-scheduler',
    annotations: [credentials(context, SCHEDULER_CONF), ...trustAnnotations(context, API_AUTHORITIES)],
    flags: toFlags({ ...SCHEDULER_FLAGS, ...emulationFlags(context) }, over),
    image: imageRef(images, 'kube-scheduler'),
    probe: {
      ...probeHost(over['bind-address'] ?? '127.0.0.1'),
      port: 10259,
      scheme: 'HTTPS',
      livenessPath: '/livez',
      startupPath: '/livez',
      readinessPath: '/readyz',
    },
    cpu: '100m',
    volumes: [kubeconfigVolume(SCHEDULER_CONF)],
  };
}

function credentials(context: PhaseContext, kubeconfig: string): ComponentPod['annotations'][number] {
  return { name: CREDENTIALS_DIGEST, value: credentialsDigest(context, kubeconfig) };
}

/** Where the kubelet probes a component that listens on this address; undefined for all addresses (kubeadm: getProbeAddress). */
function probeHost(bindAddress: string): { readonly host?: string } {
  return bindAddress === '0.0.0.0' || bindAddress === '::' || bindAddress === '' ? {} : { host: bindAddress };
}

const PKI_VOLUME: PodVolume = { name: 'k8s-certs', path: PKI_DIR, type: 'DirectoryOrCreate', readOnly: true };

const kubeconfigVolume = (path: string): PodVolume => ({
  name: 'kubeconfig',
  path,
  type: 'FileOrCreate',
  readOnly: true,
});

function caVolumes({ node }: PhaseContext): PodVolume[] {
  return caFolders(node.facts).map((path) => ({
    name: caVolumeName(path),
    path,
    type: 'DirectoryOrCreate',
    readOnly: true,
  }));
}

const byName = (volumes: readonly PodVolume[]): PodVolume[] => [...volumes].sort((a, b) => (a.name < b.name ? -1 : 1));
