import { isMember } from '../../model/facts.js';
import type { PhaseContext } from '../../model/phase.js';

/** Programs of this group have the version of Kubernetes. */
export const KUBERNETES = 'kubernetes';

/**
 * Whether the node's kubelet gets its new version behind the control plane: it is never newer than its API server, also
 * where a run is cut or the host is switched off in between (https://kubernetes.io/releases/version-skew-policy/).
 */
export function kubeletWaits({ upgradesFrom, node }: PhaseContext): boolean {
  return upgradesFrom !== undefined && isMember(node.facts);
}
