import { KinitError } from '../../model/error.js';
import type { Phase } from '../../model/phase.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { phases as allPhases } from '../../phases/index.js';
import type { LiveHost, LostHost } from './session.js';

/** The phases of a run, in their order. @throws KinitError usage, for a name that is no phase. */
export function selectPhases({
  skip,
  only,
}: {
  readonly skip: readonly string[];
  readonly only: readonly string[];
}): readonly Phase[] {
  const known = ['preflight', ...allPhases.map(({ id }) => id)];
  for (const id of [...skip, ...only]) {
    if (known.includes(id)) continue;
    throw new KinitError(`there is no phase "${id}"`, {
      class: 'usage',
      found: id,
      hint: `Phases: ${known.join(', ')} (see kinit phases).`,
    });
  }
  return allPhases.filter(({ id }) => !skip.includes(id) && (only.length === 0 || only.includes(id)));
}

/** @throws KinitError usage, for a name that is no host of the inventory. */
export function checkHostNames(hosts: readonly string[] | undefined, { spec, file }: LoadedInventory): void {
  const names = spec.hosts.map(({ name }) => name);
  for (const host of hosts ?? []) {
    if (names.includes(host)) continue;
    throw new KinitError(`there is no host "${host}" in the inventory`, {
      class: 'usage',
      found: host,
      hint: `Hosts in ${file}: ${names.join(', ')}.`,
    });
  }
}

/** Names of the hosts a run works on: those named, else all (`fresh`: workers that are not in the cluster yet). */
export function selectHosts(
  live: readonly LiveHost[],
  { hosts, fresh }: { readonly hosts?: readonly string[] | undefined; readonly fresh: boolean },
): ReadonlySet<string> {
  if (!fresh) return new Set(hosts ?? live.map(({ spec }) => spec.name));
  const wanted = live.filter(
    ({ spec, facts }) => !isControlPlane(spec) && (hosts?.includes(spec.name) ?? !facts.kubernetes.joined),
  );
  return new Set(wanted.map(({ spec }) => spec.name));
}

/**
 * The host the cluster is worked on through. Nothing is done without most control-plane hosts: etcd would refuse, or
 * lose its quorum. And no cluster is begun while one of them does not answer: the cluster may be there, on that one.
 */
export function requireLeader(live: readonly LiveHost[], lost: readonly LostHost[]): LiveHost {
  const here = live.filter(({ spec }) => isControlPlane(spec));
  const gone = lost.filter(({ spec }) => isControlPlane(spec));
  const leader = here[0];
  if (leader === undefined)
    throw gone[0]?.error ?? new KinitError('the inventory has no control-plane host', { class: 'inventory' });
  if (gone.length === 0) return leader;
  const begun = here.some(({ facts }) => facts.kubernetes.joined);
  if (begun && here.length > gone.length) return leader;
  const names = gone.map(({ spec }) => spec.name).join(', ');
  throw new KinitError(
    `${String(gone.length)} of ${String(here.length + gone.length)} control-plane hosts cannot be reached: ${names}`,
    {
      class: 'access',
      found: gone.map(({ spec, error }) => `${spec.name}: ${error.message}`).join('\n'),
      hint: begun
        ? 'More than half of them must answer: etcd would lose its quorum. Mend them first; nothing was changed.'
        : 'The cluster may run on those already, and a second one must not be begun. Mend them first; nothing was changed.',
    },
  );
}
