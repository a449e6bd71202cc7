import { FORMS } from '../control-plane/index.js';
import { DATASTORES } from '../datastore/index.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { PastLook } from '../model/past.js';
import type { Spec } from '../model/spec.js';
import { networkLeftovers } from '../network/index.js';
import { RUNTIMES } from '../runtime/index.js';
import { clusterFiles, kubeletState } from './rows/kubelet.js';
import { links } from './rows/links.js';
import { places } from './rows/places.js';
import { packetRules } from './rows/rules.js';
import { otherRuntimes } from './rows/runtimes.js';
import { serviceSettings } from './rows/settings.js';
import { sysctlPrecedence } from './rows/sysctls.js';
import { otherNodes } from './rows/units.js';
import { userKubeconfig } from './rows/user-kubeconfig.js';

/** What a cluster needs to be absent from a host, or its own: the only list. Rows of seams come from their rooms. */
export const LEFTOVERS: readonly LeftoverRow[] = [
  clusterFiles,
  kubeletState,
  ...FORMS.flatMap(({ leftovers }) => leftovers),
  ...DATASTORES.flatMap(({ leftovers }) => leftovers),
  otherNodes,
  ...networkLeftovers,
  links,
  packetRules,
  serviceSettings,
  otherRuntimes,
  ...RUNTIMES.flatMap(({ leftovers }) => leftovers),
  sysctlPrecedence,
  places,
  userKubeconfig,
];

/** What the probe for facts asks because of the table. */
export function leftoverLooks(spec: Spec): readonly PastLook[] {
  return LEFTOVERS.map(({ looks }) => looks(spec));
}
