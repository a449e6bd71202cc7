import { KUBE } from '../../artifacts/supplies/kubernetes.js';
import type { BinaryArtifact } from '../../model/artifact.js';
import { controlPlaneOf } from '../../control-plane/index.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { fetchingEnvironment } from '../../model/seams/proxies.js';
import type { Spec } from '../../model/spec.js';
import { comesWithKubelet, isKubeletProgram, kubeletWaits } from '../cluster/kubelet-waits.js';
import { absentFile, binary, directory, STAGED, stagedBinary, stagedPath } from '../../resources/index.js';

export const binaries: Phase = {
  id: 'binaries',
  title: 'Kubernetes, runtime and CNI programs',
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: '/opt/cni', mode: 0o755 }),
    directory({ path: '/opt/cni/bin', mode: 0o755 }),
    ...context.artifacts.binaries
      .filter(({ on }) => on === undefined || context.node.isControlPlane)
      .filter((artifact) => !kubeletWaits(context) || !comesWithKubelet(context, artifact))
      .map((artifact) => installed(context, artifact)),
  ],
};

/**
 * Where a control plane's program is the node's agent too, it goes first, and the agent stays with the program of before until it is the kubelet's
 * turn, also where it is started again, or the host is.
 */
function installed(context: PhaseContext, artifact: BinaryArtifact): ReturnType<typeof binary> {
  const agent = controlPlaneOf(context.spec).nodeAgent;
  if (!kubeletWaits(context) || agent === undefined || artifact.group !== agent.group)
    return delivered(context.spec, artifact);
  const links = artifact.links.filter((path) => !agent.links.includes(path));
  return { ...delivered(context.spec, { ...artifact, links }), holds: agent.links };
}

/** Not of init: what an upgrade brings to every host before it changes the first. It is installed when the host's turn comes. */
export const staged: Phase = {
  id: 'staged',
  title: 'Programs of the later version, beside those in use',
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: STAGED, mode: 0o700 }),
    ...context.artifacts.binaries
      .filter((artifact) => isKubeletProgram(context, artifact))
      .map((artifact) => stagedBinary(delivered(context.spec, artifact))),
  ],
};

/** Likewise, what a cluster that is to soak shows its flags to; not installed until that ends. */
export const stagedAhead: Phase = {
  id: 'staged',
  title: staged.title,
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: STAGED, mode: 0o700 }),
    ...(context.artifacts.ahead?.binaries ?? [])
      .filter(({ name }) => name === KUBE)
      .map((artifact) => stagedBinary(delivered(context.spec, artifact))),
  ],
};

/** The same at the end of an upgrade, when every host has installed it. */
export const unstaged: Phase = {
  id: 'unstaged',
  title: 'Programs that were brought beside those in use, taken away',
  appliesTo: () => true,
  resources: (context) =>
    context.artifacts.binaries
      .filter((artifact) => isKubeletProgram(context, artifact))
      .map((artifact) => absentFile(stagedPath(artifact))),
};

/** A program, as the inventory wants it to get onto the host. */
export function delivered(spec: Spec, artifact: BinaryArtifact): ReturnType<typeof binary> {
  return spec.artifacts.delivery === 'pull'
    ? binary({ artifact, pull: { environment: fetchingEnvironment(spec) } })
    : binary({ artifact });
}
