import { addOnTraces } from '../../add-ons/index.js';
import { defined } from '../../model/defined.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
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
  resources: (context) => [
    resource.traces({
      runtime: runtimeOf(context.spec).id,
      cniInterfaces: [...networkTraces.links, ...addOnTraces.links],
      tables: [...networkTraces.tables, ...addOnTraces.tables],
      chains: [...addOnTraces.chains, ...networkTraces.chains],
      podCIDR: context.spec.network.podCIDR,
      ...defined({ addresses: movingAddresses(context) }),
      paths: ['/run/netns', '/var/log/pods', '/var/log/containers', ...networkTraces.paths, ...addOnTraces.paths],
    }),
  ],
};

/** Undefined where none does: what was noted of a cluster that has none stays the same. */
function movingAddresses({ spec, node }: PhaseContext): readonly string[] | undefined {
  const { virtualAddress } = spec.apiServer;
  return virtualAddress === undefined || !node.isControlPlane ? undefined : [virtualAddress.address];
}
