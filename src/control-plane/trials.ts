import { KUBE } from '../artifacts/supplies/kubernetes.js';
import type { Trial } from '../model/seams/trial.js';

/** Refused by every one of them, and told beside all else that is wrong. */
const NO_PORT = '--secure-port=-1';
const NO_PORT_SAYS = '--secure-port -1 must be';

/**
 * A part of the control plane with its flags, and a port that there is not: it reads flags and feature gates, looks at all of their values
 * together, and ends with what is wrong with them before it opens anything (k8s.io/kubernetes: Validate of the options in cmd/kube-apiserver/app,
 * kube-controller-manager/app and kube-scheduler/app).
 */
export function partTrial(program: string, settings: string, flags: readonly string[]): Trial {
  return {
    program,
    artifact: KUBE,
    settings,
    args: [...flags, NO_PORT],
    // Alone: of several errors it would stand in a list.
    taken: `"${NO_PORT_SAYS}`,
    provoked: new RegExp(`(?:, )?${NO_PORT_SAYS} [^,\\]]*(?:, inclusive[^,\\]]*)?`),
    onlyWarnings: true,
  };
}

/** The datastore's member with its flags, asked for its version: it reads the flags first, and ends at one that it does not know (go.etcd.io/etcd: embed config.parse). */
export function memberTrial(program: string, settings: string, flags: readonly string[]): Trial {
  return { program, artifact: KUBE, settings, args: [...flags, '--version'] };
}
