import type { PhaseContext } from '../model/phase.js';
import { soakOf } from '../model/soak.js';
import type { Flags } from '../model/text/flags.js';
import { minorOf } from '../model/text/version.js';

/**
 * By which API server, controller manager and scheduler of a later minor version behave as that of before: the same APIs, feature gates and
 * versions of what is stored, so that the programs of before can go on with it (k8s.io/component-base/compatibility: registry.go; KEP-4330). The least
 * version that they get along with follows from it, and is that of the earlier programs too.
 */
export function emulationFlags({ moves }: Pick<PhaseContext, 'moves'>): Flags {
  const soak = soakOf(moves);
  return soak === undefined ? {} : { [EMULATED_VERSION]: `kube=${minorOf(soak.from)}` };
}

/** The version of the programs that take these flags. */
export function programVersion({ moves, spec }: Pick<PhaseContext, 'moves' | 'spec'>): string {
  return soakOf(moves)?.to ?? spec.kubernetesVersion;
}

/** Not to be given by the inventory where the cluster shall soak. */
export const EMULATED_VERSION = 'emulated-version';
