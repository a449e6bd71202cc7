import { drainAndDelete } from '../../cluster/node/drain.js';
import { removeStaleNode } from '../../cluster/node/stale.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isControlPlane, type LoadedInventory } from '../../model/spec.js';
import { journalReplay, parseReplay, parseReplayNote } from '../../resources/journal/journal.js';
import { isMember } from '../../model/facts.js';
import { accessThrough, type ClusterAccess } from '../api/access.js';
import { clusterLock, lockLost, type LockWish } from '../session/lock.js';
import { faultPoint } from '../change/kill-point.js';
import { mapLimit } from '../../model/limit.js';
import { reportFailure, reportOutcome, runError, totalChanges, type HostResult } from '../run/outcome.js';
import type { PhaseTiming } from '../run/outcome.js';
import type { RunResult } from '../run/run.js';
import { leaderOf } from '../session/leader.js';
import { checkHostNames } from '../session/select.js';
import { closeHosts, openHosts, type LiveHost } from '../session/session.js';

export interface ResetOptions {
  readonly inventory: LoadedInventory;
  /** Names; all of the inventory when absent. */
  readonly hosts?: readonly string[];
  readonly removePackages: boolean;
  readonly acceptNewHostKeys: boolean;
  /** The first host that fails stops all. */
  readonly strict: boolean;
  readonly lock: LockWish;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Bounds, in seconds. */
const DRAIN_TIMEOUT = 120;
const REPLAY_TIMEOUT = 600;

/**
 * Gives hosts back as they were: drains and deletes the node where the API answers,
 * then replays the host's undo journal backwards. Workers go first, so that the API
 * is there for as long as it is of use. What could not be done is told and makes the run fail.
 */
export async function resetHosts(options: ResetOptions): Promise<RunResult> {
  const { inventory, emit } = options;
  const started = performance.now();
  const all = inventory.spec.hosts;
  checkHostNames(options.hosts, inventory);
  const chosen = new Set(options.hosts ?? all.map(({ name }) => name));
  emit({
    type: 'run-started',
    command: 'reset',
    hosts: [...chosen],
    phases: [
      { id: 'drain', title: 'Drain and delete the node' },
      { id: 'undo', title: 'Undo what kinit changed' },
    ],
  });
  const wanted = all.filter((host) => chosen.has(host.name) || isControlPlane(host));
  const lock = clusterLock('reset', options);
  const { live, lost } = await openHosts(wanted, { ...options, beforeChanges: lock.take });
  const errors = new Map<string, KinitError>();
  for (const { spec, error } of lost) {
    if (chosen.has(spec.name)) {
      fail(errors, emit, spec.name, 'connect', error);
    } else {
      emit({ type: 'warning', host: spec.name, text: `${error.message}; its node objects stay in the cluster` });
    }
  }
  const leader = leaderOf(live);
  const access = leader === undefined ? undefined : leaderAccess(leader, options);
  const timings: PhaseTiming[] = [];
  try {
    const targets = live.filter(({ spec }) => chosen.has(spec.name));
    const whole = targets.some(({ spec }) => isControlPlane(spec));
    for (const group of [
      targets.filter(({ spec }) => !isControlPlane(spec)),
      targets.filter(({ spec }) => isControlPlane(spec)),
    ]) {
      await mapLimit(group, inventory.spec.parallel, async (host) => {
        const begun = performance.now();
        const tripsBefore = host.connection.stats.roundTrips;
        try {
          options.signal.throwIfAborted();
          if (lock.lost.aborted) throw lockLost();
          if (options.strict && errors.size > 0) throw stoppedByStrict();
          if (!whole) await leaveCluster(host, access, options);
          faultPoint(`left ${host.spec.name}`);
          const changes = await undo(host, options);
          // Its kubelet ran until the undo and may have registered the node again after it was deleted.
          if (!whole) await forgetNode(host, access, options);
          timings.push({
            host: host.spec.name,
            phase: 'undo',
            seconds: (performance.now() - begun) / 1000,
            roundTrips: host.connection.stats.roundTrips - tripsBefore,
            changes,
          });
        } catch (error) {
          fail(errors, emit, host.spec.name, 'undo', asKinitError(error));
        }
      });
    }
  } finally {
    access?.close();
    await lock.release().catch(() => undefined);
    await closeHosts(live);
  }
  const results = [...chosen].map((host): HostResult => {
    const { changes = 0, seconds = 0 } = timings.find((timing) => timing.host === host) ?? {};
    const { execChannels = 0, roundTrips = 0 } = live.find(({ spec }) => spec.name === host)?.connection.stats ?? {};
    const error = errors.get(host);
    return { host, ...(error === undefined ? {} : { error }), changes, seconds, execChannels, roundTrips };
  });
  reportOutcome(emit, results, (performance.now() - started) / 1000);
  const error = runError(results, { retry: 'run kinit reset again: what is undone stays undone' });
  if (error !== undefined) throw error;
  return { changes: totalChanges(results), failedHosts: [] };
}

function leaderAccess(leader: LiveHost, options: ResetOptions): ClusterAccess | undefined {
  const { port } = options.inventory.spec.apiServer;
  return accessThrough(
    [leader],
    options,
    leader.facts.listening.some((socket) => socket.port === port),
  );
}

async function leaveCluster(
  host: LiveHost,
  access: ClusterAccess | undefined,
  { emit, signal }: ResetOptions,
): Promise<void> {
  const name = host.spec.name;
  if (!isMember(host.facts)) return;
  emit({ type: 'phase-started', host: name, phase: 'drain', title: 'Drain and delete the node' });
  try {
    if (access === undefined)
      throw new KinitError('no control-plane host with administrator credentials answers', { class: 'access' });
    await drainAndDelete(await access.api(), name, {
      timeoutSeconds: DRAIN_TIMEOUT,
      progress: (text) => emit({ type: 'progress', host: name, phase: 'drain', text }),
      signal,
    });
  } catch (thrown) {
    const error = asKinitError(thrown);
    if (error.context.class === 'interrupted') throw error;
    emit({
      type: 'warning',
      host: name,
      text: `could not drain it and delete its node object (${error.message}); once the API answers: kubectl delete node ${name}`,
    });
  }
}

async function forgetNode(
  host: LiveHost,
  access: ClusterAccess | undefined,
  { emit, signal }: ResetOptions,
): Promise<void> {
  const { name } = host.spec;
  const { journal } = host.facts.kubernetes;
  try {
    const api = await access?.api();
    if (isMember(host.facts) || journal) await api?.delete({ apiVersion: 'v1', kind: 'Node', name });
    // A reset that was stopped at its end left nothing on the host that tells of its node. Another machine's is not touched.
    else if (api !== undefined)
      await removeStaleNode(api, name, {
        progress: (text) => emit({ type: 'progress', host: name, phase: 'undo', text }),
        signal,
      });
  } catch {
    // The warning that it stays in the cluster was given when draining failed for the same reason.
  }
}

async function undo(host: LiveHost, { emit, removePackages }: ResetOptions): Promise<number> {
  const name = host.spec.name;
  const started = performance.now();
  const tripsBefore = host.connection.stats.roundTrips;
  emit({ type: 'phase-started', host: name, phase: 'undo', title: 'Undo what kinit changed' });
  const result = await host.connection.run(journalReplay({ removePackages }), {
    timeoutSeconds: REPLAY_TIMEOUT,
    change: 'undo what kinit changed',
    onLine: (line) => {
      const entry = parseReplay(line);
      const note = parseReplayNote(line);
      if (note !== undefined) emit({ type: 'warning', host: name, text: `${note.id}: ${note.message}` });
      if (entry?.ok === true) faultPoint(`undone ${name} ${entry.id}`);
      if (entry !== undefined)
        emit({
          type: 'progress',
          host: name,
          phase: 'undo',
          text: entry.ok ? `undone: ${entry.id}` : `could not undo ${entry.id}: ${entry.message}`,
        });
    },
  });
  const entries = result.stdout.split('\n').flatMap((line) => parseReplay(line) ?? []);
  const failed = entries.filter((entry) => !entry.ok);
  if (failed.length > 0 || result.code !== 0) {
    throw new KinitError(`${failed.length} of ${entries.length} changes could not be undone`, {
      class: 'change',
      host: name,
      phase: 'undo',
      tried: 'replaying /var/lib/kinit/journal backwards',
      found: failed.map((entry) => `${entry.id}: ${entry.message}`).join('\n') || result.stderr.trim(),
      hint: 'Mend what is named above and run kinit reset again: what is undone stays undone.',
    });
  }
  emit({
    type: 'phase-finished',
    host: name,
    phase: 'undo',
    changes: entries.length,
    seconds: (performance.now() - started) / 1000,
    roundTrips: host.connection.stats.roundTrips - tripsBefore,
    ...(entries.length === 0 ? { reason: 'kinit has no journal on this host' } : {}),
  });
  return entries.length;
}

function stoppedByStrict(): KinitError {
  return new KinitError('not started: another host failed, and --strict was given', {
    class: 'partial',
    hint: 'Mend that host, then run the same command again.',
  });
}

function fail(errors: Map<string, KinitError>, emit: Emit, host: string, phase: string, thrown: KinitError): void {
  const error = thrown.at({ host, phase });
  errors.set(host, error);
  reportFailure(emit, host, phase, error);
}
