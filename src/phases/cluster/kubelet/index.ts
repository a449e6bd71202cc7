import { posix } from 'node:path';
import { HOST_PROXY_FILE, hostProxyConfiguration } from '../../../add-ons/index.js';
import { kubeletState, waitForKubelet } from '../../../cluster/waits/kubelet.js';
import { waitForOwnNode } from '../../../cluster/waits/own-node.js';
import { CLUSTER_CA, KUBELET_CLIENT_FIRST, KUBELET_SERVING, trustAnnotations } from '../../../pki/index.js';
import { defined } from '../../../model/defined.js';
import type { Phase, PhaseContext, Proofs } from '../../../model/phase.js';
import type { Resource, Tools } from '../../../model/resource.js';
import { proxyRevision } from '../../../model/seams/proxies.js';
import { digestOf } from '../../../model/text/digest.js';
import { directory, file, link, proof, service } from '../../../resources/index.js';
import { isMember } from '../../../model/facts.js';
import { kubeletPrograms } from '../../host/binaries.js';
import { noProxy, proxyFiles } from '../../host/no-proxy.js';
import { isKubeletProgram, kubeletWaits } from '../kubelet-waits.js';
import { kubeletConfiguration } from './configuration.js';
import { kubeletFlags, kubeletInstanceConfig } from './flags.js';
import { kubeletDropIn, kubeletUnit } from './unit.js';

export { sharedKubeletConfiguration } from './configuration.js';

/** Folders that the kubelet and pods' hostPath volumes make where they are missing: as resources they go again at reset. */
const MADE_BY_PODS = ['/usr/libexec/kubernetes/kubelet-plugins/volume/exec', '/lib/modules'];

const UNIT = '/etc/systemd/system/kubelet.service';
const DROP_IN = '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf';
const CONFIGURATION = '/var/lib/kubelet/config.yaml';
const FLAGS = '/var/lib/kubelet/kubeadm-flags.env';

/** What kinit signs for it: it reads these once, and those that it gets from the cluster are in other files. */
const SIGNED = [KUBELET_SERVING.crt, KUBELET_CLIENT_FIRST];

/**
 * Everything the kubelet starts from, in kubeadm's places. It is started later: by the control plane's phase or by the join. On a node
 * that is one already it is written by the phases that start its kubelet anew, in that node's turn: what no trial finds must not lie
 * on nodes that the roll-out never came to, where the next reboot takes it.
 */
export const kubelet: Phase = {
  id: 'kubelet',
  title: 'Kubelet configuration',
  appliesTo: (context) => !kubeletWaits(context),
  resources: (context) => [
    directory({ path: '/etc/kubernetes/manifests', mode: 0o700 }),
    directory({ path: '/etc/systemd/system/kubelet.service.d', mode: 0o755 }),
    ...MADE_BY_PODS.map((path) => directory({ path, mode: 0o755, keepExisting: true })),
    ...(isMember(context.node.facts) ? [] : startsFrom(context)),
  ],
};

function startsFrom(context: PhaseContext): readonly Resource[] {
  return [
    file({ path: CONFIGURATION, content: kubeletConfiguration(context), mode: 0o600 }),
    file({ path: FLAGS, content: kubeletFlags(context), mode: 0o600 }),
    file({ path: '/var/lib/kubelet/instance-config.yaml', content: kubeletInstanceConfig(context), mode: 0o600 }),
    file({ path: UNIT, content: kubeletUnit(context.spec), mode: 0o600 }),
    file({
      path: DROP_IN,
      content: kubeletDropIn(context.spec),
      mode: 0o600,
    }),
    ...hostProxy(context),
    // Enabled, not started: `kubeadm join` starts it too, and after a reboot it must come back either way.
    link({ path: '/etc/systemd/system/multi-user.target.wants/kubelet.service', target: UNIT }),
  ];
}

/** The kubelet, running with just what it shall start from. */
export function kubeletInTurn(context: PhaseContext): readonly Resource[] {
  if (!isMember(context.node.facts) || kubeletWaits(context)) return [kubeletService(context)];
  return [
    ...kubeletPrograms(context),
    ...(noProxy.appliesTo(context) ? proxyFiles(context, 'kubelet') : []),
    ...startsFrom(context),
    kubeletService(context),
  ];
}

/** The configuration of a kube-proxy that runs in the kubelet's process. */
function hostProxy(context: PhaseContext): Resource[] {
  const content = hostProxyConfiguration(context);
  if (content === undefined) return [];
  return [
    directory({ path: posix.dirname(HOST_PROXY_FILE), mode: 0o700 }),
    file({ path: HOST_PROXY_FILE, content, mode: 0o600 }),
  ];
}

export function kubeletService(context: PhaseContext): ReturnType<typeof service> {
  const programs = context.artifacts.binaries
    .filter((each) => isKubeletProgram(context, each))
    .map(({ sha256 }) => sha256);
  const proxy = hostProxyConfiguration(context);
  const parts = [
    kubeletConfiguration(context),
    kubeletFlags(context),
    kubeletUnit(context.spec),
    kubeletDropIn(context.spec),
    ...(proxy === undefined ? [] : [proxy]),
    ...proxyRevision(context),
    ...trustAnnotations({ ...context, node: context.leader }, [CLUSTER_CA]).map(({ value }) => value),
    ...programs,
  ];
  return service({
    name: 'kubelet',
    enabled: true,
    running: true,
    revision: digestOf(...parts),
    files: [CONFIGURATION, FLAGS, UNIT, DROP_IN, ...SIGNED, ...(proxy === undefined ? [] : [HOST_PROXY_FILE])],
    // Its node has the name that the machine had when it started: the phase of the host name restarts it under another one.
    ...defined({ hostName: context.spec.manageHostname ? context.node.spec.name : undefined }),
  });
}

/** Whether the kubelet stays up, asked together with everything else. */
export const kubeletProof = proof('kubelet', kubeletState());

/**
 * A kubelet that was started again just now, or that ends again and again since an earlier run, is watched for a while. What a node was
 * given in its turn works when the node is Ready with it.
 */
export async function waitForOwnKubelet(
  { node }: PhaseContext,
  tools: Tools,
  { changes, proofs }: { readonly changes: number; readonly proofs: Proofs },
): Promise<void> {
  await waitForKubelet(node.facts, tools, proofs.get(kubeletProof.id));
  if (changes > 0 && isMember(node.facts)) await waitForOwnNode(node, tools);
}
