import { drainAndDelete } from '../cluster/drain.js';
import { acquireLock } from '../cluster/lock.js';
import { removeStaleNode } from '../cluster/stale-node.js';
import { asKinitError, KinitError } from '../model/error.js';
import type { Emit } from '../model/event.js';
import { isControlPlane, type LoadedInventory } from '../model/spec.js';
import { journalReplay, parseReplay, parseReplayNote } from '../resources/journal.js';
import { ADMIN_CONF, apiAccess, SUPER_ADMIN_CONF, type ApiAccess } from './api.js';
import { toNode } from './context.js';
import { faultPoint } from './fault.js';
import { mapLimit } from './limit.js';
import type { RunResult } from './run.js';
import { closeHosts, openHosts, type LiveHost } from './session.js';

export interface ResetOptions {
  readonly inventory: LoadedInventory;
  /** Names; all of the inventory when absent. */
  readonly hosts?: readonly string[];
  readonly removePackages: boolean;
  readonly acceptNewHostKeys: boolean;
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
  for (const name of options.hosts ?? []) {
    if (!all.some((host) => host.name === name)) {
      throw new KinitError(`there is no host "${name}" in the inventory`, { class: 'usage', found: name, hint: `Hosts in ${inventory.file}: ${all.map((host) => host.name).join(', ')}.` });
    }
  }
  const chosen = new Set(options.hosts ?? all.map(({ name }) => name));
  emit({ type: 'run-started', command: 'reset', hosts: [...chosen], phases: [{ id: 'drain', title: 'Drain and delete the node' }, { id: 'undo', title: 'Undo what kinit changed' }] });
  const wanted = all.filter((host) => chosen.has(host.name) || isControlPlane(host));
  let release: (() => Promise<void>) | undefined;
  const { live, lost } = await openHosts(wanted, {
    ...options,
    // Without a control-plane host there is no lock to take; the hosts that answer can be given back all the same.
    beforeChanges: async (open) => {
      const leader = open.find(({ spec }) => isControlPlane(spec));
      if (leader !== undefined) release = await acquireLock(leader.connection, 'reset');
    },
  });
  const errors = new Map<string, KinitError>();
  for (const { spec, error } of lost) {
    if (chosen.has(spec.name)) {
      fail(errors, emit, spec.name, 'connect', error);
    } else {
      emit({ type: 'warning', host: spec.name, text: `${error.message}; its node objects stay in the cluster` });
    }
  }
  const leader = live.find(({ spec }) => isControlPlane(spec));
  const access = leader === undefined ? undefined : leaderAccess(leader, options);
  const timings: RunResult['timings'][number][] = [];
  try {
    const targets = live.filter(({ spec }) => chosen.has(spec.name));
    const whole = targets.some(({ spec }) => isControlPlane(spec));
    for (const group of [targets.filter(({ spec }) => !isControlPlane(spec)), targets.filter(({ spec }) => isControlPlane(spec))]) {
      await mapLimit(group, inventory.spec.parallel, async (host) => {
        const begun = performance.now();
        const tripsBefore = host.connection.stats.roundTrips;
        try {
          options.signal.throwIfAborted();
          if (!whole) await leaveCluster(host, access, options);
          faultPoint(`left ${host.spec.name}`);
          const changes = await undo(host, options);
          // Its kubelet ran until the undo and may have registered the node again after it was deleted.
          if (!whole) await forgetNode(host, access, options);
          timings.push({ host: host.spec.name, phase: 'undo', seconds: (performance.now() - begun) / 1000, roundTrips: host.connection.stats.roundTrips - tripsBefore, changes });
        } catch (error) {
          fail(errors, emit, host.spec.name, 'undo', asKinitError(error));
        }
      });
    }
  } finally {
    access?.close();
    await release?.().catch(() => undefined);
    await closeHosts(live);
  }
  const changes = timings.reduce((sum, timing) => sum + timing.changes, 0);
  const failedHosts = [...errors.keys()];
  const hosts = live.filter(({ spec }) => chosen.has(spec.name)).map(({ spec, connection }) => {
    const { execChannels, roundTrips } = connection.stats;
    const { seconds = 0, changes: undone = 0 } = timings.find(({ host }) => host === spec.name) ?? {};
    emit({ type: 'host-finished', host: spec.name, changes: undone, seconds, execChannels, roundTrips });
    return { host: spec.name, seconds, execChannels, roundTrips };
  });
  emit({ type: 'run-finished', changes, seconds: (performance.now() - started) / 1000, failedHosts });
  const first = [...errors.values()][0];
  if (first !== undefined) {
    throw failedHosts.length === 1 ? first : new KinitError(`${failedHosts.length} hosts could not be reset completely: ${failedHosts.join(', ')}`, { class: 'partial', hint: 'Mend what is named above and run kinit reset again: what is undone stays undone.' });
  }
  return { changes, failedHosts, timings, hosts };
}

function leaderAccess(leader: LiveHost, { inventory, signal }: ResetOptions): ApiAccess | undefined {
  const { pki } = leader.facts.kubernetes;
  const kubeconfig = pki[SUPER_ADMIN_CONF] ?? pki[ADMIN_CONF];
  const { port } = inventory.spec.apiServer;
  if (kubeconfig === undefined) return undefined;
  const ready = leader.facts.listening.some((socket) => socket.port === port);
  return apiAccess(leader.connection, { address: toNode(leader).address, port, kubeconfig, ready, signal });
}

async function leaveCluster(host: LiveHost, access: ApiAccess | undefined, { emit, signal }: ResetOptions): Promise<void> {
  const name = host.spec.name;
  if (!host.facts.kubernetes.joined) return;
  emit({ type: 'phase-started', host: name, phase: 'drain', title: 'Drain and delete the node' });
  try {
    if (access === undefined) throw new KinitError('no control-plane host with administrator credentials answers', { class: 'access' });
    await drainAndDelete(await access.api(), name, {
      timeoutSeconds: DRAIN_TIMEOUT,
      progress: (text) => emit({ type: 'progress', host: name, phase: 'drain', text }),
      signal,
    });
  } catch (thrown) {
    const error = asKinitError(thrown);
    if (error.context.class === 'interrupted') throw error;
    emit({ type: 'warning', host: name, text: `could not drain it and delete its node object (${error.message}); once the API answers: kubectl delete node ${name}` });
  }
}

async function forgetNode(host: LiveHost, access: ApiAccess | undefined, { emit, signal }: ResetOptions): Promise<void> {
  const { name } = host.spec;
  const { joined, journal } = host.facts.kubernetes;
  try {
    const api = await access?.api();
    if (joined || journal) await api?.delete({ apiVersion: 'v1', kind: 'Node', name });
    // A reset that was stopped at its end left nothing on the host that tells of its node. Another machine's is not touched.
    else if (api !== undefined) await removeStaleNode(api, name, { progress: (text) => emit({ type: 'progress', host: name, phase: 'undo', text }), signal });
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
      if (entry !== undefined) emit({ type: 'progress', host: name, phase: 'undo', text: entry.ok ? `undone: ${entry.id}` : `could not undo ${entry.id}: ${entry.message}` });
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

function fail(errors: Map<string, KinitError>, emit: Emit, host: string, phase: string, thrown: KinitError): void {
  const error = thrown.at({ host, phase });
  errors.set(host, error);
  const { cause: _cause, ...context } = error.context;
  emit({ type: 'phase-failed', host, phase, message: error.message, error: context });
}
