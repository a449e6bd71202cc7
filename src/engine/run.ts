import { resolveArtifacts } from '../artifacts/index.js';
import { acquireLock } from '../cluster/lock.js';
import type { Arch, ArtifactSet } from '../model/artifact.js';
import { KinitError, type ErrorContext } from '../model/error.js';
import type { Emit } from '../model/event.js';
import type { Phase } from '../model/phase.js';
import type { Tools } from '../model/resource.js';
import { isControlPlane, type LoadedInventory } from '../model/spec.js';
import { phases as allPhases } from '../phases/index.js';
import { dirname } from 'node:path';
import { apiAccess, SUPER_ADMIN_CONF, type ApiAccess } from './api.js';
import { apiListens } from './api-listens.js';
import { barriers } from './barriers.js';
import { contextFor, sharedContext, type SharedContext } from './context.js';
import { limiter } from './limit.js';
import { runPipeline, type PhaseTiming } from './pipeline.js';
import { preflight } from './preflight.js';
import { closeHosts, openHosts, type LiveHost, type LostHost, type OpenHost } from './session.js';

export type Command = 'init' | 'join' | 'plan' | 'check';

export interface RunOptions {
  readonly inventory: LoadedInventory;
  readonly command: Command;
  /** Names of hosts; all of the inventory (join: those not in the cluster yet) when absent. */
  readonly hosts?: readonly string[];
  readonly skip: readonly string[];
  readonly only: readonly string[];
  readonly ignorePreflight: readonly string[];
  readonly acceptNewHostKeys: boolean;
  readonly parallel?: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly changes: number;
  readonly failedHosts: readonly string[];
  readonly timings: readonly PhaseTiming[];
  readonly hosts: readonly { readonly host: string; readonly seconds: number; readonly execChannels: number; readonly roundTrips: number }[];
}

/** Brings hosts to what the inventory says (init, join), or says what that would take (plan, check). */
export async function runCluster(options: RunOptions): Promise<RunResult> {
  const { inventory, command, emit } = options;
  const started = performance.now();
  const phases = selectPhases(options);
  knownHosts(options);
  emit({ type: 'run-started', command, hosts: inventory.spec.hosts.map(({ name }) => name), phases: phases.map(({ id, title }) => ({ id, title })) });
  let release: (() => Promise<void>) | undefined;
  const lock = async (open: readonly OpenHost[], lost: readonly LostHost[]): Promise<void> => {
    release = await acquireLock(requireLeader(open, lost).connection, command);
  };
  const { live, lost } = await openHosts(inventory.spec.hosts, { ...options, ...(changesHosts(command) ? { beforeChanges: lock } : {}) });
  try {
    for (const host of lost) reportLost(host, emit);
    const selected = selectHosts(options, live);
    requireLeader(live, lost);
    if (command === 'check' || !options.skip.includes('preflight')) {
      await preflight({ ...options, live: live.filter((host) => selected.has(host.spec.name)), all: live });
    }
    if (command === 'check') return finish(options, started, live, lost, [], []);
    const { timings, failures } = await runHosts(options, phases, live, selected);
    return finish(options, started, live, lost, timings, failures);
  } finally {
    await release?.();
    await closeHosts(live);
  }
}

function changesHosts(command: Command): boolean {
  return command === 'init' || command === 'join';
}

interface Failure {
  readonly host: string;
  readonly error: unknown;
}

async function runHosts(options: RunOptions, phases: readonly Phase[], live: readonly LiveHost[], selected: ReadonlySet<string>): Promise<{ timings: PhaseTiming[]; failures: Failure[] }> {
  const { inventory, emit, signal } = options;
  const [shared, artifacts] = await Promise.all([sharedContext(inventory.spec, live), artifactsFor(options, live)]);
  const leader = live.find(({ spec }) => spec.name === shared.leader.spec.name) as LiveHost;
  const access = leaderApi(shared, leader, inventory, { signal, ready: await apiListens(leader, shared.leader.address, options) });
  const waits = barriers(phases.map(({ id }) => id), live.map(({ spec }) => spec.name));
  const slot = limiter(options.parallel ?? inventory.spec.parallel);
  const timings: PhaseTiming[] = [];
  const failures: Failure[] = [];
  await Promise.all(
    live.map(async ({ spec, connection }) => {
      const tools: Tools = { host: connection, api: access.api, progress: (text) => emit({ type: 'progress', host: spec.name, text }), signal };
      try {
        const mine = phases.map((phase) => (selected.has(spec.name) || phase.everywhere === true ? phase : notHere(phase)));
        await runPipeline({
          context: contextFor(shared, spec.name, artifacts),
          tools,
          phases: mine.map((phase) => markingReady(phase, access)),
          barriers: waits,
          emit,
          dryRun: options.command === 'plan',
          slot,
          apiReady: access.isReady,
          onTiming: (timing) => timings.push(timing),
        });
      } catch (error) {
        failures.push({ host: spec.name, error });
      }
    }),
  );
  access.close();
  return { timings, failures };
}

function notHere(phase: Phase): Phase {
  return { ...phase, on: () => false };
}

/** The API may be used from the moment the control plane's phase is through. */
function markingReady(phase: Phase, access: ApiAccess): Phase {
  if (phase.id !== 'control-plane') return phase;
  return {
    ...phase,
    ready: async (context, tools) => {
      access.markReady();
      await phase.ready?.(context, tools);
    },
  };
}

function leaderApi(shared: SharedContext, leader: LiveHost, inventory: LoadedInventory, { signal, ready }: { signal: AbortSignal; ready: boolean }): ApiAccess {
  const { port } = inventory.spec.apiServer;
  const kubeconfig = shared.material[leader.spec.name]?.[SUPER_ADMIN_CONF]?.content ?? '';
  return apiAccess(leader.connection, { address: shared.leader.address, port, kubeconfig, ready, signal });
}

async function artifactsFor({ inventory, emit, signal }: RunOptions, live: readonly LiveHost[]): Promise<Map<Arch, ArtifactSet>> {
  const sets = new Map<Arch, ArtifactSet>();
  for (const arch of new Set(live.map(({ facts }) => facts.arch))) {
    if (arch === 'unsupported') continue;
    sets.set(
      arch,
      await resolveArtifacts({
        spec: inventory.spec.artifacts,
        kubernetesVersion: inventory.spec.kubernetesVersion,
        arch,
        inventoryDir: dirname(inventory.file),
        emit,
        signal,
      }),
    );
  }
  return sets;
}

function selectPhases({ skip, only }: RunOptions): readonly Phase[] {
  const known = ['preflight', ...allPhases.map(({ id }) => id)];
  for (const id of [...skip, ...only]) {
    if (known.includes(id)) continue;
    throw new KinitError(`there is no phase "${id}"`, { class: 'usage', found: id, hint: `Phases: ${known.join(', ')} (see kinit phases).` });
  }
  return allPhases.filter(({ id }) => !skip.includes(id) && (only.length === 0 || only.includes(id)));
}

function knownHosts({ hosts, inventory }: RunOptions): void {
  const names = inventory.spec.hosts.map(({ name }) => name);
  for (const host of hosts ?? []) {
    if (names.includes(host)) continue;
    throw new KinitError(`there is no host "${host}" in the inventory`, { class: 'usage', found: host, hint: `Hosts in ${inventory.file}: ${names.join(', ')}.` });
  }
}

function selectHosts({ command, hosts }: RunOptions, live: readonly LiveHost[]): ReadonlySet<string> {
  if (command === 'join') {
    const fresh = live.filter(({ spec, facts }) => !isControlPlane(spec) && (hosts?.includes(spec.name) ?? !facts.kubernetes.joined));
    return new Set(fresh.map(({ spec }) => spec.name));
  }
  return new Set(hosts ?? live.map(({ spec }) => spec.name));
}

function requireLeader<Host extends OpenHost>(live: readonly Host[], lost: readonly LostHost[]): Host {
  const leader = live.find(({ spec }) => isControlPlane(spec));
  if (leader !== undefined) return leader;
  throw lost.find(({ spec }) => isControlPlane(spec))?.error ?? new KinitError('the inventory has no control-plane host', { class: 'inventory' });
}

function reportLost({ spec, error }: LostHost, emit: Emit): void {
  const { cause: _cause, ...context } = error.context;
  emit({ type: 'phase-failed', host: spec.name, phase: 'connect', message: error.message, error: context });
}

function finish(options: RunOptions, started: number, live: readonly LiveHost[], lost: readonly LostHost[], timings: readonly PhaseTiming[], failures: readonly Failure[]): RunResult {
  const seconds = (performance.now() - started) / 1000;
  const failedHosts = [...lost.map(({ spec }) => spec.name), ...failures.map(({ host }) => host)];
  const hosts = live.map(({ spec, connection }) => {
    const mine = timings.filter(({ host }) => host === spec.name);
    const { execChannels, roundTrips } = connection.stats;
    const row = { host: spec.name, seconds: mine.reduce((sum, timing) => sum + timing.seconds, 0), execChannels, roundTrips };
    options.emit({ type: 'host-finished', ...row, changes: mine.reduce((sum, timing) => sum + timing.changes, 0) });
    return row;
  });
  const changes = timings.reduce((sum, timing) => sum + timing.changes, 0);
  options.emit({ type: 'run-finished', changes, seconds, failedHosts });
  const errors = [...lost.map(({ error }) => error), ...failures.map(({ error }) => error)];
  if (errors.length > 0) throw summarise(errors, failedHosts, options.inventory.spec.hosts.length);
  return { changes, failedHosts, timings, hosts };
}

/** One failure is itself; several are told as one that names the hosts (each was reported when it happened). */
function summarise(errors: readonly unknown[], failedHosts: readonly string[], total: number): unknown {
  const real = errors.filter((error) => !(error instanceof KinitError && error.context.class === 'partial'));
  if (real.length === 1 || errors.length === 1) return real[0] ?? errors[0];
  const classes = new Set(real.map((error) => (error instanceof KinitError ? error.context.class : 'internal')));
  const context: ErrorContext = {
    class: classes.size === 1 ? ([...classes][0] ?? 'partial') : 'partial',
    found: real.map((error) => (error instanceof KinitError ? `${error.context.host ?? '?'}: ${error.message}` : String(error))).join('\n'),
    hint: 'Mend the hosts named above, then run the same command again: it goes on from here.',
  };
  return new KinitError(`${failedHosts.length} of ${total} hosts failed: ${failedHosts.join(', ')}`, context);
}
