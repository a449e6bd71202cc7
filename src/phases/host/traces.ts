import { addOnTraces } from '../../add-ons/index.js';
import type { Phase } from '../../model/phase.js';
import { networkTraces } from '../../network/index.js';
import * as resource from '../../resources/index.js';
import { runtimeOf } from '../../runtime/index.js';

/**
 * Nothing to see before a cluster runs; its undo is what matters: reset replays the
 * journal backwards, so this runs after the kubelet has stopped and before the runtime does.
 */
export const traces: Phase = {
  id: 'traces',
  title: 'Clean-up that reset will do',
  appliesTo: () => true,
  resources: ({ spec }) => [
    resource.traces({
      runtime: runtimeOf(spec).id,
      cniInterfaces: [...networkTraces.links, ...addOnTraces.links],
      tables: [...networkTraces.tables, ...addOnTraces.tables],
      chains: [...addOnTraces.chains, ...networkTraces.chains],
      podCIDR: spec.network.podCIDR,
      paths: ['/run/netns', '/var/log/pods', '/var/log/containers', ...networkTraces.paths, ...addOnTraces.paths],
    }),
  ],
};
