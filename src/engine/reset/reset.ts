import { datastoreOf } from '../../datastore/index.js';
import { asKinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { mapLimit } from '../../model/limit.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { accessThrough, type ClusterAccess } from '../api/access.js';
import { apiPort } from '../api/port.js';
import { killPoint } from '../change/kill-point.js';
import {
  hostResults,
  reportFailure,
  reportNothingDone,
  reportOutcome,
  runError,
  totalChanges,
  type HostResult,
  type PhaseTiming,
} from '../run/outcome.js';
import type { RunResult } from '../run/options.js';
import { stoppedByStrict } from '../run/stopped.js';
import { controlPlanesOf, leaderOf } from '../session/leader.js';
import { clusterLock, lockLost, type LockWish } from '../session/lock.js';
import { checkHostNames } from '../../inventory/index.js';
import { closeHosts, openHosts, type LiveHost, type LostHost } from '../session/session.js';
import { departure, forgetMember, leaveDatastore, mayLeave, type Departure, type Leave } from './departure.js';
import { foresee, forgetNode, leaveCluster } from './leave.js';
import { undo } from './undo.js';

export interface ResetOptions {
  readonly inventory: LoadedInventory;
  /** Names; all of the inventory when absent. */
  readonly hosts?: readonly string[];
  readonly removePackages: boolean;
  readonly acceptNewHostKeys: boolean;
  /** The first host that fails stops all. */
  readonly strict: boolean;
  readonly lock: LockWish;
  /** Asked before anything is touched; what is lost has been told by then. Throws where the answer is no. */
  readonly agree?: () => Promise<void>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * Gives hosts back as they were: drains and deletes the node where the API answers (a control plane leaves the datastore between),
 * then replays the host's undo journal backwards. Workers go first, so that the API is there for as long as it is of use. What could
 * not be done is told and makes the run fail.
 */
export async function resetHosts(options: ResetOptions): Promise<RunResult> {
  const { inventory, emit } = options;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  checkHostNames(options.hosts, inventory);
  const chosen = new Set(options.hosts ?? inventory.spec.hosts.map(({ name }) => name));
  emit({
    type: 'run-started',
    command: 'reset',
    hosts: [...chosen],
    phases: [
      { id: 'drain', title: 'Drain and delete the node' },
      { id: 'undo', title: 'Undo what kinit changed' },
    ],
  });
  let results: readonly HostResult[];
  try {
    results = await workOnHosts(chosen, options);
  } catch (thrown) {
    reportNothingDone(emit, [...chosen], seconds());
    throw thrown;
  }
  if (chosen.has(leaderOf(inventory.spec.hosts.map((spec) => ({ spec })))?.spec.name ?? '')) tellWhatStays(options);
  reportOutcome(emit, results, seconds());
  const error = runError(results, { retry: 'run kinit reset again: what is undone stays undone' });
  if (error !== undefined) throw error;
  return { changes: totalChanges(results), failedHosts: [] };
}

/** The journal of hosts knows nothing of what is elsewhere. */
function tellWhatStays({ inventory: { spec }, emit }: ResetOptions): void {
  const { outside } = datastoreOf(spec);
  if (outside !== undefined && spec.datastoreServer !== undefined)
    emit({ type: 'warning', text: `${outside.stays(spec.datastoreServer)} ${outside.another(spec.datastoreServer)}` });
}

/** What resets of single hosts share. */
interface Work extends ResetOptions {
  /** Absent where no control plane with credentials answers. */
  readonly access: ClusterAccess | undefined;
  /** The control plane goes too: no node has to be taken out of anything. */
  readonly wholeCluster: boolean;
  /** Control planes that leave while others stay. */
  readonly departing: Departure | undefined;
  /** Where the cluster gets another endpoint by that. */
  readonly endpoint: Leave['endpoint'] | undefined;
  /** Throws where this host must not be begun with. */
  readonly mayBegin: (host: string) => void;
}

/** Connects, undoes the hosts, and lets go of everything. */
async function workOnHosts(chosen: ReadonlySet<string>, options: ResetOptions): Promise<HostResult[]> {
  const { inventory, emit, signal, strict } = options;
  const lock = clusterLock('reset', options);
  // Nodes are drained through a control plane, also where that one stays.
  const wanted = inventory.spec.hosts.filter((host) => chosen.has(host.name) || isControlPlane(host));
  const { live, lost } = await openHosts(wanted, { ...options, incompleteFacts: true, lock });
  for (const { spec, facts } of live)
    for (const reason of facts.unseen ?? [])
      emit({ type: 'warning', host: spec.name, text: `could not look at ${reason}` });
  const errors = new Map<string, unknown>();
  const timings: PhaseTiming[] = [];
  const fail = (host: string, phase: string, thrown: unknown): void => {
    const error = asKinitError(thrown).at({ host, phase });
    errors.set(host, error);
    reportFailure(emit, host, phase, error);
  };
  let access: ClusterAccess | undefined;
  try {
    await lock.held();
    for (const { spec, error } of lost) {
      if (chosen.has(spec.name)) fail(spec.name, 'connect', error);
      else emit({ type: 'warning', host: spec.name, text: `${error.message}; its node objects stay in the cluster` });
    }
    const departing = departure(inventory.spec, chosen, live, lost);
    access = leaderAccess(departing?.staying ?? live, options);
    const { silent, endpoint }: Leave = departing === undefined ? { silent: [] } : await mayLeave(departing, access);
    const targets = live.filter(({ spec }) => chosen.has(spec.name));
    const first = (host: LiveHost): number => (silent.includes(host.spec.name) ? 0 : 1);
    const controlPlanes = [...controlPlanesOf(targets)].sort((a, b) => first(a) - first(b));
    const work: Work = {
      ...options,
      access,
      departing,
      endpoint,
      wholeCluster: controlPlanes.length > 0 && departing === undefined,
      mayBegin: (host) => {
        signal.throwIfAborted();
        if (lock.lost.aborted) throw lockLost(lock);
        if (strict && errors.size > 0) throw stoppedByStrict('not started', host);
      },
    };
    await foresee(targets, work);
    await options.agree?.();
    if (departing !== undefined)
      await forgetLost(
        lost.filter(({ spec }) => chosen.has(spec.name)),
        departing,
        work,
      );
    for (const group of [targets.filter((host) => !controlPlanes.includes(host)), controlPlanes]) {
      // The datastore lets one go after the other.
      const side = group === controlPlanes && departing !== undefined ? 1 : inventory.spec.parallel;
      await mapLimit(group, side, async (host) => {
        try {
          timings.push(await resetHost(host, work));
        } catch (thrown) {
          fail(host.spec.name, 'undo', thrown);
        }
      });
    }
    return hostResults([...chosen], live, timings, (host) => errors.get(host));
  } finally {
    access?.close();
    await lock.release().catch(() => undefined);
    await closeHosts(live);
  }
}

/** Opened even where nothing listens: that fails at once when it is first used. */
function leaderAccess(live: readonly LiveHost[], options: ResetOptions): ClusterAccess | undefined {
  const leader = leaderOf(live);
  if (leader === undefined) return undefined;
  const port = apiPort(leader, options.inventory.spec);
  const listens = leader.facts.listening.some((socket) => socket.port === port);
  return accessThrough([leader], { ...options, mayReadKeys: true }, listens);
}

async function resetHost(host: LiveHost, work: Work): Promise<PhaseTiming> {
  const { access, wholeCluster, departing } = work;
  const started = performance.now();
  const tripsBefore = host.connection.stats.roundTrips;
  work.mayBegin(host.spec.name);
  const outOfDatastore = async (): Promise<void> => {
    killPoint(`drained ${host.spec.name}`);
    if (departing !== undefined) await leaveDatastore(departing, host.spec.name);
    killPoint(`out of the datastore ${host.spec.name}`);
  };
  const left = wholeCluster ? 'left' : await leaveCluster(host, access, work, outOfDatastore);
  killPoint(`left ${host.spec.name}`);
  const changes = await undo(host, work);
  if (!wholeCluster) await forgetNode(host, access, left, work);
  if (departing !== undefined) await forgetMember(host.spec.name, departing, work);
  return {
    host: host.spec.name,
    phase: 'undo',
    seconds: (performance.now() - started) / 1000,
    roundTrips: host.connection.stats.roundTrips - tripsBefore,
    changes,
  };
}

/** Control planes that do not answer are taken out of the cluster all the same: it waits for them otherwise. On them nothing is undone. */
async function forgetLost(lost: readonly LostHost[], departing: Departure, work: Work): Promise<void> {
  for (const { spec } of lost.filter((host) => isControlPlane(host.spec))) {
    try {
      await leaveDatastore(departing, spec.name);
      const api = await work.access?.api();
      await api?.delete({ apiVersion: 'v1', kind: 'Node', name: spec.name });
      await forgetMember(spec.name, departing, work);
      const text = 'does not answer: it was taken out of the cluster, and nothing was undone on the host itself';
      work.emit({ type: 'warning', host: spec.name, text });
    } catch (thrown) {
      work.emit({ type: 'warning', host: spec.name, text: asKinitError(thrown).message });
    }
  }
}
