import { resolveArtifacts } from '../../artifacts/index.js';
import type { Arch, ArtifactSet } from '../../model/artifact.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { PlanContent, PlannedChange } from '../../model/plan.js';
import type { Phase } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import type { LoadedInventory } from '../../model/spec.js';
import { apiListens, clusterAccess, SUPER_ADMIN_CONF, type ClusterAccess } from '../api/access.js';
import { artifactSets } from './artifact-sets.js';
import { barriers } from './barriers.js';
import { contextFor, sharedContext, type SharedContext } from '../context.js';
import { limiter } from '../../model/limit.js';
import type { HostsOutcome, PhaseTiming } from './outcome.js';
import { masksOf, type Masks } from '../plan/masks.js';
import type { Observed } from '../change/observe.js';
import { planContent } from '../plan/content.js';
import { plannedChanges } from '../plan/planned.js';
import { runPipeline } from './pipeline.js';
import { carryOutReviewed, permitReviewed, type ReviewedPlan } from '../plan/reviewed.js';
import type { LiveHost } from '../session/session.js';

export interface HostsRun {
  readonly inventory: LoadedInventory;
  readonly phases: readonly Phase[];
  readonly live: readonly LiveHost[];
  /** Names of the hosts that all phases run on; on the others only those that are for them too. */
  readonly selected: ReadonlySet<string>;
  /** Only say what would change. */
  readonly dryRun: boolean;
  /** The first failure stops every host, between two changes. */
  readonly strict: boolean;
  readonly parallel?: number | undefined;
  /** Version of kinit. */
  readonly version: string;
  /** What was asked for, for a plan to repeat. */
  readonly asked: Omit<PlanContent['run'], 'hosts'>;
  /** The plan that is carried out; nothing else is done. */
  readonly reviewed?: ReviewedPlan | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What all passes over the hosts of one run share. */
interface Prepared {
  readonly run: HostsRun;
  readonly shared: SharedContext;
  readonly artifacts: ReadonlyMap<Arch, ArtifactSet>;
  readonly access: ClusterAccess;
  readonly masks: Masks;
}

/** Takes every host through its phases, side by side. With a reviewed plan: only when that is what would be done. */
export async function runHosts(run: HostsRun): Promise<HostsOutcome> {
  const { inventory, live } = run;
  const [shared, artifacts] = await Promise.all([
    sharedContext(inventory.spec, live),
    artifactSets(live, run, resolveArtifacts),
  ]);
  const leader = live.find(({ spec }) => spec.name === shared.leader.spec.name) as LiveHost;
  const access = leaderApi(shared, leader, run, await apiListens(leader, shared.leader.address, run));
  const masks = masksOf(shared.material, new Map(live.map(({ spec, facts }) => [spec.name, facts.kubernetes.pki])));
  try {
    const prepared: Prepared = { run, shared, artifacts, access, masks };
    if (run.dryRun) return await look(prepared, run.emit);
    if (run.reviewed === undefined) return await pass(prepared, { emit: run.emit, dryRun: false });
    const { reviewed } = run;
    return await carryOutReviewed(reviewed, live, {
      look: () => look(prepared, () => undefined),
      act: () =>
        pass(prepared, {
          emit: run.emit,
          dryRun: false,
          permit: (host, phase, observed) => permitReviewed(reviewed, masks, { host, phase, observed }),
        }),
    });
  } finally {
    access.close();
  }
}

/** What would be done. */
async function look(prepared: Prepared, emit: Emit): Promise<HostsOutcome> {
  const { live, selected, inventory, version, asked } = prepared.run;
  const changes = new Map<string, PlannedChange[]>();
  const outcome = await pass(prepared, {
    emit,
    dryRun: true,
    onPlanned: (host, planned) => changes.set(host, [...(changes.get(host) ?? []), ...planned]),
  });
  return {
    ...outcome,
    plan: await planContent({
      version,
      spec: inventory.spec,
      run: { ...asked, hosts: [...selected].sort() },
      live,
      changes,
    }),
  };
}

interface Pass {
  readonly emit: Emit;
  readonly dryRun: boolean;
  readonly onPlanned?: (host: string, changes: readonly PlannedChange[]) => void;
  /** Throws where a change is not among those that may be made. */
  readonly permit?: (host: string, phase: string, observed: readonly Observed[]) => void;
}

async function pass(
  { run, shared, artifacts, access, masks }: Prepared,
  { emit, dryRun, onPlanned, permit }: Pass,
): Promise<HostsOutcome> {
  const { inventory, phases, live, selected } = run;
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const waits = barriers(
    phases.map(({ id }) => id),
    live.map(({ spec }) => spec.name),
  );
  const slot = limiter(run.parallel ?? inventory.spec.parallel);
  const timings: PhaseTiming[] = [];
  const failures = new Map<string, unknown>();
  await Promise.all(
    live.map(async ({ spec, connection }) => {
      const tools: Tools = {
        host: connection,
        api: access.api,
        progress: (text) => emit({ type: 'progress', host: spec.name, text }),
        signal,
      };
      try {
        const mine = phases.map((phase) =>
          selected.has(spec.name) || phase.alsoOnOthers === true ? phase : notHere(phase),
        );
        await runPipeline({
          context: contextFor(shared, spec.name, artifacts),
          tools,
          phases: mine,
          barriers: waits,
          emit,
          dryRun,
          slot,
          access,
          onTiming: (timing) => timings.push(timing),
          planned: (phase, observed) => {
            const changes = plannedChanges(phase, observed, masks);
            onPlanned?.(spec.name, changes);
            return changes.map(({ phase: _phase, wanted: _wanted, ...change }) => change);
          },
          permit: (phase, observed) => permit?.(spec.name, phase, observed),
        });
      } catch (thrown) {
        failures.set(
          spec.name,
          stop.signal.aborted && !run.signal.aborted ? stoppedByStrict(thrown, spec.name) : thrown,
        );
        if (run.strict) stop.abort();
      }
    }),
  );
  return { timings, failures };
}

function stoppedByStrict(thrown: unknown, host: string): KinitError {
  const error = asKinitError(thrown);
  if (error.context.class !== 'interrupted') return error;
  return new KinitError('stopped: another host failed, and --strict was given', {
    class: 'partial',
    host,
    hint: 'Mend that host, then run the same command again.',
  });
}

function notHere(phase: Phase): Phase {
  return { ...phase, appliesTo: () => false };
}

function leaderApi(
  shared: SharedContext,
  leader: LiveHost,
  { inventory, signal }: HostsRun,
  open: boolean,
): ClusterAccess {
  const kubeconfig = shared.material[leader.spec.name]?.[SUPER_ADMIN_CONF]?.content ?? '';
  const gateway = { connection: leader.connection, address: shared.leader.address, kubeconfig };
  return clusterAccess([gateway], { port: inventory.spec.apiServer.port, signal, open });
}
