import { controlPlaneOf } from '../../control-plane/index.js';
import type { Spec } from '../../model/spec.js';

/** Steps of an upgrade that are no phases of init, as they are told. */
export const SNAPSHOT = { id: 'snapshot', title: 'Copy of the data, kept here' };
export const TRIAL = { id: 'trial', title: 'Settings, shown to the programs of the later version' };
export const STABLE = { id: 'stable', title: 'Control plane that was changed stays up' };
export const DRAIN = { id: 'drain', title: 'Cordon and drain the node' };
export const UNCORDON = { id: 'uncordon', title: 'Node back with the later kubelet, uncordoned' };

/** One control plane after another. */
export const CONTROL_PLANE: readonly string[] = ['pki', 'datastore', 'control-plane', 'controllers'];
/** Before these: what is no pod is a program on the host. */
export function programsOf(spec: Spec): readonly string[] {
  return controlPlaneOf(spec).unit === undefined ? [] : ['binaries'];
}
/** What a control plane is looked at by a second time. */
export const STAYS: readonly string[] = ['datastore', 'control-plane', 'controllers'];
/** What comes before anything is changed. */
export const IMAGES = 'images';
/** The cluster as a whole, when no API server is of the earlier version any more. */
export const RECORD = 'record';
/** Phases that are no matter of one node: they have run when nodes get theirs. */
export const AT_THE_END: readonly string[] = ['ready'];
