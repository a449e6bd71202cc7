import { OTHER_RUNTIME } from '../../leftovers/index.js';
import { isMember } from '../../model/facts.js';
import { KinitError } from '../../model/error.js';
import type { CheckResult } from '../../model/check.js';
import type { Emit } from '../../model/event.js';
import { isControlPlane, type LoadedInventory, type Spec } from '../../model/spec.js';
import { nearest } from '../../inventory/nearest.js';
import { checkNamed } from '../../preflight/leftovers.js';
import { runChecks } from '../../preflight/checks.js';
import { ALL_CHECKS } from '../../preflight/names.js';
import { lookAround } from '../../preflight/network/looks.js';
import { leaseHolder } from '../../cluster/lock/lease.js';
import { lockHolder } from '../../cluster/lock/lock.js';
import type { ClusterAccess } from '../api/access.js';
import { changesRuntime, type Command } from '../command.js';
import { toNode } from '../context.js';
import { readDatastoreAccess } from '../datastore-access.js';
import type { KnownCluster } from '../guard/index.js';
import { reportFailure } from './outcome.js';
import { leaderOf } from '../session/leader.js';
import { userCaOf } from '../session/past.js';
import type { LiveHost } from '../session/session.js';

export interface PreflightOptions {
  readonly inventory: LoadedInventory;
  readonly ignorePreflight: readonly string[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** The hosts that are checked. */
  readonly live: readonly LiveHost[];
  /** Every host that answers: for checks between hosts. */
  readonly all: readonly LiveHost[];
  readonly command: Command;
  /** One unfit host stops all. */
  readonly strict: boolean;
  /** The run holds the cluster's lock. */
  readonly changesHosts: boolean;
  /** What is known of a cluster that is there: its decisions hold for hosts that come to it. */
  readonly known: KnownCluster;
  /** Its API, where that answers. */
  readonly access: ClusterAccess | undefined;
  /** Of the cluster as a whole, told with those of the leader. */
  readonly more: readonly { readonly host: string; readonly check: CheckResult }[];
}

export interface Preflight {
  /** The workers that are not fit, with the error of each. */
  readonly unfit: ReadonlyMap<string, KinitError>;
  /** Settles when nothing that the checks put up on a host is there any more. Never rejects. */
  readonly ended: Promise<unknown>;
}

interface FailedCheck {
  readonly host: string;
  readonly check: CheckResult;
}

/**
 * Runs every check and tells each; nothing on a host is changed. Workers that are not fit are left out, the others go on. Throws when
 * a control-plane host is not fit, or every host, or one with --strict.
 */
export async function preflight({
  inventory,
  ignorePreflight,
  emit,
  signal,
  live,
  all,
  command,
  strict,
  changesHosts,
  known,
  access,
  more,
}: PreflightOptions): Promise<Preflight> {
  const nodes = all.map(toNode);
  const names = new Set(live.map(({ spec }) => spec.name));
  // Hosts that are nodes already have shown that they reach each other; `check` asks again.
  const fresh = command === 'check' || live.some(({ facts }) => !isMember(facts));
  const connections = new Map(all.map(({ spec, connection }) => [spec.name, connection]));
  const busy = fresh && !changesHosts ? await otherKinit(all, access) : undefined;
  if (busy !== undefined)
    emit({ type: 'warning', text: `${busy}: ports between hosts are not tried, for it may need them now` });
  const { ended, ...looks } = await lookAround(connections, nodes, inventory.spec, {
    signal,
    between: fresh,
    listen: busy === undefined,
    datastoreAccess: await readDatastoreAccess(inventory.spec, { lenient: true }),
  });
  const spec = {
    ...asDecided(inventory.spec, known),
    preflight: { ...inventory.spec.preflight, ignore: [...inventory.spec.preflight.ignore, ...ignorePreflight] },
  };
  const results = runChecks({ spec, nodes, ...looks, decisions: known.decisions, userCa: await userCaOf(spec) });
  const made = [...new Set([...results.values()].flatMap((checks) => checks.map(({ name }) => name)))];
  for (const name of spec.preflight.ignore.filter((each) => each !== ALL_CHECKS && !made.includes(each)))
    emit({ type: 'warning', text: unmade(name, made) });
  // That nodes have another runtime is why it is changed.
  const whatItIsFor = changesRuntime(command) ? checkNamed(OTHER_RUNTIME) : undefined;
  const failed: FailedCheck[] = [];
  for (const [host, checks] of results) {
    if (!names.has(host)) continue;
    const mine = checks.filter(({ name }) => name !== whatItIsFor);
    for (const check of [...mine, ...more.filter((each) => each.host === host).map(({ check: one }) => one)]) {
      emit({ type: 'check', host, check });
      if (check.status === 'error') failed.push({ host, check });
    }
  }
  const unfit = new Set(failed.map(({ host }) => host));
  const onlyWorkers = live.every((host) => !unfit.has(host.spec.name) || !isControlPlane(host.spec));
  if (failed.length > 0 && (strict || command === 'check' || !onlyWorkers || unfit.size === names.size)) {
    await ended;
    throw unfitError(failed, 'nothing was changed');
  }
  const errors = new Map(
    [...unfit].map((host) => [
      host,
      unfitError(
        failed.filter((entry) => entry.host === host),
        'nothing is changed on it',
      ),
    ]),
  );
  for (const [host, error] of errors) reportFailure(emit, host, 'preflight', error);
  return { unfit: errors, ended };
}

/** In words, the kinit that works on this cluster now. */
async function otherKinit(all: readonly LiveHost[], access: ClusterAccess | undefined): Promise<string | undefined> {
  const leader = leaderOf(all);
  if (leader === undefined) return undefined;
  const here = await lockHolder(leader.connection);
  if (here !== undefined || access === undefined) return here;
  // One that has other control planes of the cluster has no lock file here. Without an answer it is as if there were no Lease.
  return access
    .api()
    .then((api) => leaseHolder(api, [leader.facts.machineId]))
    .catch(() => undefined);
}

/** A host that comes to a cluster must be able to do what was decided for it. */
function asDecided(spec: Spec, { decisions }: KnownCluster): Spec {
  const mode = decisions['proxyMode'];
  return spec.proxyMode === 'auto' && mode !== undefined ? { ...spec, proxyMode: mode as Spec['proxyMode'] } : spec;
}

/** Not an error: which checks are made depends on hosts and inventory, and one inventory serves many of them. */
function unmade(name: string, made: readonly string[]): string {
  const meant = nearest(name, made);
  return `preflight check "${name}" is to be ignored, and there was no check of that name${meant === undefined ? '; kinit check shows them all' : ` (did you mean ${meant}?)`}`;
}

function unfitError(failed: readonly FailedCheck[], consequence: string): KinitError {
  return new KinitError(`${failed.length} preflight check${failed.length === 1 ? '' : 's'} failed; ${consequence}`, {
    class: 'preflight',
    phase: 'preflight',
    ...(failed[0] !== undefined && failed.every(({ host }) => host === failed[0]?.host)
      ? { host: failed[0].host }
      : {}),
    found: failed
      .map(
        ({ host, check }) =>
          `${host}: ${check.name}: ${check.found}${check.minimum === undefined ? '' : ` (needed: ${check.minimum})`}${check.hint === undefined ? '' : `\n  ${check.hint}`}`,
      )
      .join('\n'),
    hint: `Mend these, or go on at your own risk with --ignore-preflight ${[...new Set(failed.map(({ check }) => check.name))].join(',')}.`,
  });
}
