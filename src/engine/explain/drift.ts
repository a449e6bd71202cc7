import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { Tools } from '../../model/resource.js';
import type { LoadedInventory } from '../../model/spec.js';
import { phases } from '../../phases/index.js';
import type { ClusterAccess } from '../api/access.js';
import { kindOf } from '../kinds.js';
import { changeOf } from '../change/apply.js';
import { contextFor, ONLY_LOOK, sharedContext } from '../context.js';
import { observe } from '../change/observe.js';
import type { KnownCluster } from '../guard/index.js';
import type { LiveHost } from '../session/session.js';

/** What `kinit init` would change on each host, as one line a change; a host that cannot be compared is left out. Changes nothing. */
export async function driftOf({
  inventory,
  live,
  known: cluster,
  artifacts,
  access,
  signal,
}: {
  readonly inventory: LoadedInventory;
  readonly live: readonly LiveHost[];
  /** Undefined: that cannot be told. */
  readonly known: KnownCluster | undefined;
  readonly artifacts: ReadonlyMap<Arch, ArtifactSet>;
  readonly access: ClusterAccess | undefined;
  readonly signal: AbortSignal;
}): Promise<ReadonlyMap<string, readonly string[]>> {
  const drift = new Map<string, readonly string[]>();
  const known = live.filter(({ facts }) => facts.arch !== 'unsupported' && artifacts.has(facts.arch));
  if (known.length === 0 || cluster === undefined) return drift;
  const shared = await sharedContext({
    inventory,
    hosts: known,
    known: cluster,
    selected: new Set(),
    // Which kinit worked on it last is no fault of the cluster.
    kinit: cluster.kinit ?? '',
    ...ONLY_LOOK,
  });
  await Promise.all(
    known.map(async ({ spec, connection }) => {
      const context = contextFor(shared, spec.name, artifacts);
      const all = phases.filter((phase) => phase.appliesTo(context)).flatMap((phase) => phase.resources(context));
      // Where the API does not answer, what lives in it cannot be compared.
      const visible = all.filter((resource) => access !== undefined || kindOf(resource).observeCall === undefined);
      const tools: Tools = {
        host: connection,
        api: () => (access === undefined ? Promise.reject(new Error('no API')) : access.api()),
        progress: () => undefined,
        begun: new Date(),
        signal,
      };
      const observed = await observe(visible, tools).catch(() => undefined);
      if (observed !== undefined)
        drift.set(
          spec.name,
          observed.flatMap((item) => changeOf(item)?.summary ?? []),
        );
    }),
  );
  return drift;
}
