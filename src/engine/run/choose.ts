import { leftWaiting } from '../../facts/index.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { accessThrough, type ClusterAccess } from '../api/access.js';
import { apiPort } from '../api/port.js';
import { changesHosts, changesRuntime, upgrades } from '../command.js';
import {
  changedByOthers,
  guard,
  guardCheck,
  knownCluster,
  joinedByOthers,
  leftOut,
  renewedByOthers,
  withKnownBalancer,
  type GuardInput,
  type KnownCluster,
} from '../guard/index.js';
import { noClusterYet } from '../session/begun.js';
import { requireLeader } from '../session/leader.js';
import type { ClusterLock } from '../session/lock.js';
import { settled, withoutStrangers } from '../session/past.js';
import { selectHosts } from '../session/select.js';
import type { LiveHost, OpenedHosts } from '../session/session.js';
import { signatureChecks } from '../signatures/waiting.js';
import { withSoak } from '../soaking.js';
import type { RunOptions } from './options.js';
import { reportFailure } from './outcome.js';
import { preflight, type Preflight, type PreflightOptions } from './preflight.js';

/** What is known of the hosts before anything is done on them. */
export interface Chosen extends OpenedHosts {
  readonly leader: LiveHost;
  /** Names of the hosts that all phases run on. */
  readonly selected: ReadonlySet<string>;
  /** Hosts that failed preflight, with the error of each; nothing is done on them. */
  readonly unfit: ReadonlyMap<string, unknown>;
  readonly known: KnownCluster;
  /** The API through the leader; undefined where there is none yet. */
  readonly access: ClusterAccess | undefined;
}

const NOT_CHECKED: Preflight = { unfit: new Map(), ended: Promise.resolve() };

/**
 * Who leads, who is worked on, who is fit. Throws where nothing can be done without those that are not.
 * @param lock of the cluster: its Lease is taken by the end
 * @param atEnd takes what has to be ended before the hosts are let go of
 */
export async function chooseHosts(
  opened: OpenedHosts,
  options: RunOptions,
  lock: Pick<ClusterLock, 'held'>,
  atEnd: (end: () => unknown) => void,
): Promise<Chosen> {
  const { command, emit, skip, inventory } = options;
  const { lost } = opened;
  const live = await withoutStrangers(opened.live, inventory.spec);
  for (const { spec, error, told } of lost) {
    if (told === true) continue;
    if (asksFor(spec.name, options)) reportFailure(emit, spec.name, 'connect', error);
    else
      emit({
        type: 'warning',
        host: spec.name,
        text: `${error.message}. It was not asked for: the others go on without it`,
      });
  }
  const leader = requireLeader(live, lost);
  warnOfHanging(live, options);
  // A plan is carried out as a whole: not without one of its hosts.
  const strict = options.strict || command === 'apply';
  const missed = lost.find(({ spec }) => asksFor(spec.name, options));
  if (strict && missed !== undefined) throw missed.error;
  const selected = selectHosts(live, { hosts: options.hosts, fresh: command === 'join' });
  const checked = live.filter(({ spec }) => selected.has(spec.name));
  const mayReadKeys = changesHosts(command);
  const access = accessThrough([leader], { ...options, mayReadKeys });
  atEnd(() => access?.close());
  const look = (): Promise<KnownCluster> => knownCluster({ ...options, leader, live, mayReadKeys, access });
  const seen = await look();
  // Where another one was at work on it meanwhile, it is not what it was.
  const known = (await lock.held()) ? await look() : seen;
  if (!known.exists && needsCluster(options)) throw noClusterYet();
  const guarded = { spec: inventory.spec, known, command, stage: options.upgrade?.stage, leader, live, selected };
  const changed = changedByOthers(known);
  if (changed !== undefined) emit({ type: 'warning', host: leader.spec.name, text: changed });
  for (const { spec, facts } of live) {
    const renewed = renewedByOthers(facts);
    if (renewed !== undefined) emit({ type: 'warning', host: spec.name, text: renewed });
  }
  const left = leftOut(inventory.spec, known);
  if (left !== undefined) emit({ type: 'warning', host: leader.spec.name, text: left });
  if (command !== 'check') await guard(guarded);
  const joined = await joinedByOthers(inventory.spec, known, access);
  if (joined !== undefined) emit({ type: 'warning', host: leader.spec.name, text: joined });
  const more = command === 'check' ? await checksOfCluster(guarded, options) : [];
  const { unfit, ended } =
    command !== 'check' && skip.includes('preflight')
      ? NOT_CHECKED
      : await preflight({
          ...{ ...options, inventory: asKnown(known, options) },
          strict,
          changesHosts: changesHosts(command),
          live: checked,
          all: live,
          known,
          access: known.exists && known.open ? access : undefined,
          more,
        });
  atEnd(() => ended);
  return { live: await settled(live, inventory.spec, selected), lost, leader, selected, unfit, known, access };
}

/** What changes a cluster that is there would begin one, or say that nothing is to be changed. */
function needsCluster({ command, renewal, rotation }: RunOptions): boolean {
  return changesRuntime(command) || upgrades(command) || renewal === 'all' || rotation !== undefined;
}

/** Those of the cluster as a whole, as checks of the leader. */
async function checksOfCluster(guarded: GuardInput, options: RunOptions): Promise<PreflightOptions['more']> {
  const { known, leader, live, selected } = guarded;
  const own = await guardCheck(guarded);
  // What waits for whom hangs on a cluster that the inventory is of.
  const signatures =
    own.status === 'error'
      ? []
      : await signatureChecks({ inventory: asKnown(known, options), known, live, selected, kinit: options.version });
  return [own, ...signatures].map((check) => ({ host: leader.spec.name, check }));
}

/** The inventory, with what the cluster in hand decides of it. */
export function asKnown(known: KnownCluster, { inventory, command }: RunOptions): LoadedInventory {
  const balanced = withKnownBalancer(inventory, known);
  return upgrades(command) ? balanced : withSoak(balanced, known);
}

/** Whether a host counts for how the run went: with none named all do. */
export function asksFor(host: string, { hosts, command }: RunOptions): boolean {
  // A plan names all hosts it concerns.
  return hosts === undefined || command === 'apply' || hosts.includes(host);
}

/** Such an API server is not the one that a run works through, where there is another; what its own host needs of it may fail. */
function warnOfHanging(live: readonly LiveHost[], { inventory: { spec }, emit }: RunOptions): void {
  for (const host of live.filter((each) => isControlPlane(each.spec))) {
    const socket = leftWaiting(host.facts, apiPort(host, spec));
    if (socket === undefined) continue;
    const text = `its API server takes up no connections (${String(socket.waiting)} wait): somebody stopped it, or it hangs. kinit doctor has the way`;
    emit({ type: 'warning', host: host.spec.name, text });
  }
}
