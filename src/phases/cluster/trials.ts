import { addOns } from '../../add-ons/index.js';
import { controlPlaneOf } from '../../control-plane/index.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Trial } from '../../model/seams/trial.js';
import { kubeletTrial } from './kubelet/trial.js';

/** Every program of Kubernetes that takes settings of the inventory, as it runs on the node, or in pods that the control plane makes. */
export function trialsOf(context: PhaseContext): readonly Trial[] {
  if (!context.node.isControlPlane) return [kubeletTrial(context)];
  return [
    ...controlPlaneOf(context.spec).trials(context),
    kubeletTrial(context),
    ...addOns.flatMap(({ trials }) => trials?.(context) ?? []),
  ];
}
