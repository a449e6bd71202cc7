import { DATASTORES } from '../datastore/index.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { PastLook } from '../model/past.js';
import type { Spec } from '../model/spec.js';
import { networkLeftovers } from '../network/index.js';
import { clusterFiles, kubeletState } from './rows/kubelet.js';

/** What a cluster needs to be absent from a host, or its own: the only list. Rows of seams come from their rooms. */
export const LEFTOVERS: readonly LeftoverRow[] = [
  clusterFiles,
  kubeletState,
  ...DATASTORES.flatMap(({ leftovers }) => leftovers),
  ...networkLeftovers,
];

/** What the probe for facts asks because of the table. */
export function leftoverLooks(spec: Spec): readonly PastLook[] {
  return LEFTOVERS.map(({ looks }) => looks(spec));
}
