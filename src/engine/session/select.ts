import { isMember } from '../../model/facts.js';
import { KinitError } from '../../model/error.js';
import type { Phase } from '../../model/phase.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { STEPS_BEFORE } from '../../phases/before.js';
import { phases as allPhases } from '../../phases/index.js';
import { inTurns } from '../../phases/renewal.js';
import type { Renewal, RotationWish } from '../../pki/index.js';
import type { LiveHost } from './session.js';

/** The phases of a run, in their order. @throws KinitError usage, for a name that is no phase. */
export function selectPhases({
  skip,
  only,
  renewal,
  rotation,
}: {
  readonly skip: readonly string[];
  readonly only: readonly string[];
  readonly renewal?: Renewal;
  readonly rotation?: RotationWish;
}): readonly Phase[] {
  const known: readonly string[] = [...STEPS_BEFORE, ...allPhases].map(({ id }) => id);
  for (const id of [...skip, ...only]) {
    if (known.includes(id)) continue;
    throw new KinitError(`there is no phase "${id}"`, {
      class: 'usage',
      found: id,
      hint: `Phases: ${known.join(', ')} (see kinit phases).`,
    });
  }
  const selected = allPhases.filter(({ id }) => !skip.includes(id) && (only.length === 0 || only.includes(id)));
  return renewal === 'all' || rotation !== undefined ? inTurns(selected) : selected;
}

/** @throws KinitError usage, for a host that does not come to a cluster by `join`. */
export function checkJoining(hosts: readonly string[] | undefined, { spec }: LoadedInventory): void {
  const named = spec.hosts.filter((host) => hosts?.includes(host.name) === true && isControlPlane(host));
  if (named.length === 0) return;
  const names = named.map(({ name }) => name).join(', ');
  throw new KinitError(`${names}: join is for workers, and the inventory says control-plane`, {
    class: 'usage',
    found: names,
    hint: 'Control-plane hosts are set up by kinit init. Give the host the role worker, or leave it out here.',
  });
}

/** Names of the hosts a run works on: those named, else all (`fresh`: workers that are not in the cluster yet). */
export function selectHosts(
  live: readonly LiveHost[],
  { hosts, fresh }: { readonly hosts?: readonly string[] | undefined; readonly fresh: boolean },
): ReadonlySet<string> {
  if (!fresh) return new Set(hosts ?? live.map(({ spec }) => spec.name));
  const wanted = live.filter(
    ({ spec, facts }) => !isControlPlane(spec) && (hosts?.includes(spec.name) ?? !isMember(facts)),
  );
  return new Set(wanted.map(({ spec }) => spec.name));
}
