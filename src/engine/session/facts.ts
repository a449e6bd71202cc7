import { DATASTORES } from '../../datastore/index.js';
import { gatherFacts, type OwnQuestions } from '../../facts/index.js';
import type { HostFacts } from '../../model/facts.js';
import { oncePer } from '../../model/once.js';
import { leftoverLooks } from '../../leftovers/index.js';
import type { HostConnection } from '../../model/host.js';
import type { Spec } from '../../model/spec.js';
import { FAMILIES } from '../../os/index.js';
import { runtimePackages, RUNTIMES } from '../../runtime/index.js';

/** Everything kinit needs to know of a host, in one round trip; what only kinds know to ask comes from their registries. */
export function factsOf(connection: HostConnection, spec: Spec, incomplete = false): Promise<HostFacts> {
  return gatherFacts(connection, questionsOf(spec), incomplete);
}

const questionsOf = oncePer(
  (spec: Spec): OwnQuestions => ({
    packageLocks: FAMILIES.map(({ packages }) => packages.lockHolder),
    packageCandidates: {
      scripts: FAMILIES.map(({ packages }) => packages.candidates),
      names: FAMILIES.flatMap(({ packages }) => runtimePackages(spec, packages.format, '')?.versioned ?? []),
    },
    units: ['kubelet', ...RUNTIMES.flatMap(({ units }) => units)],
    folders: [...RUNTIMES, ...DATASTORES].flatMap(({ dataFolder }) => dataFolder ?? []),
    past: leftoverLooks(spec),
  }),
);
