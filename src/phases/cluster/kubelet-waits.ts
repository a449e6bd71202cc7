import { controlPlaneOf } from '../../control-plane/index.js';
import type { BinaryArtifact } from '../../model/artifact.js';
import { isMember } from '../../model/facts.js';
import type { PhaseContext } from '../../model/phase.js';

/** Programs of this group have the version of Kubernetes. */
const KUBERNETES = 'kubernetes';

/** Whether the kubelet of this cluster's nodes runs from a program, or what speaks to it. */
export function isKubeletProgram({ spec }: Pick<PhaseContext, 'spec'>, { group }: BinaryArtifact): boolean {
  return group === KUBERNETES || group === controlPlaneOf(spec).nodeAgent?.group;
}

/** Whether a program comes with the kubelet's phase. On a control plane an agent is also the server, which goes first. */
export function comesWithKubelet({ spec, node }: PhaseContext, artifact: BinaryArtifact): boolean {
  return artifact.group === KUBERNETES || (!node.isControlPlane && isKubeletProgram({ spec }, artifact));
}

/**
 * Whether the node's kubelet gets its new version behind the control plane: it is never newer than its API server, also
 * where a run is cut or the host is switched off in between (https://kubernetes.io/releases/version-skew-policy/).
 */
export function kubeletWaits({ upgradesFrom, node }: PhaseContext): boolean {
  return upgradesFrom !== undefined && isMember(node.facts);
}
