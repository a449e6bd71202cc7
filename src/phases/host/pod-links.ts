import { addOnTraces } from '../../add-ons/index.js';
import type { Phase } from '../../model/phase.js';
import { networkTraces } from '../../network/index.js';
import { unmanagedLinks } from '../../resources/index.js';

/** The host's end of a pod's link, as the CNI plugins "bridge" and "ptp" name it. */
const OF_PODS = 'veth*';

export const podLinks: Phase = {
  id: 'pod-links',
  title: "Pods' network links left alone by the host's network service",
  appliesTo: () => true,
  resources: () => [unmanagedLinks([OF_PODS, ...networkTraces.links, ...addOnTraces.links])],
};
