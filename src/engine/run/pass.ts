import { isDeepStrictEqual } from 'node:util';
import type { Arch, ArtifactSet } from '../../model/artifact.js';
import type { KinitError } from '../../model/error.js';
import { asKinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import { limiter, looksAtOnce } from '../../model/limit.js';
import type { Order, Phase, PhaseContext } from '../../model/phase.js';
import type { PlanContent, PlannedChange } from '../../model/plan.js';
import type { RecordedMove } from '../../model/record.js';
import type { Resource, Tools } from '../../model/resource.js';
import type { LoadedInventory } from '../../model/spec.js';
import { signalOfMany } from '../../model/signal.js';
import type { Renewal, RotationWish } from '../../pki/index.js';
import type { ClusterAccess } from '../api/access.js';
import type { Observed } from '../change/observe.js';
import { contextFor, type SharedContext } from '../context.js';
import { plannedChanges } from '../plan/content.js';
import { whatIsSent } from '../plan/sends.js';
import type { KnownCluster } from '../guard/index.js';
import type { Masks } from '../plan/masks.js';
import type { ReviewedPlan } from '../plan/reviewed.js';
import { twinsOf, type PlanTwins, type TwinSets } from '../plan/twins.js';
import type { ClusterLock } from '../session/lock.js';
import type { LiveHost } from '../session/session.js';
import { settingsTrial } from '../trial/settings.js';
import { barriers } from './barriers.js';
import type { HostsOutcome, PhaseTiming } from './outcome.js';
import { runPipeline } from './pipeline.js';
import { isInterrupted, stoppedByStrict } from './stopped.js';
import { turnOf, type Mover } from './turns.js';

/** What is to be done on the hosts. */
export interface HostsRun {
  readonly inventory: LoadedInventory;
  readonly phases: readonly Phase[];
  readonly live: readonly LiveHost[];
  /** Names of the hosts that all phases run on; on the others only those that are for them too. */
  readonly selected: ReadonlySet<string>;
  /** What was known of the cluster before. */
  readonly known: KnownCluster;
  /** The API through a host, by the kubeconfig that lies there; its owner closes it. */
  readonly access?: { readonly host: string; readonly cluster: ClusterAccess };
  /** Told when the control plane runs, with a way to its API that is closed by who asks for it. */
  readonly opened: ClusterLock['opened'];
  /** Only say what would change. */
  readonly dryRun: boolean;
  /** The first failure stops every host, between two changes. */
  readonly strict: boolean;
  /** What is on its way meanwhile, for the record; absent: what it has. */
  readonly moves?: readonly RecordedMove[];
  /** Kubernetes version of the oldest API server, where this run brings a later one: kubelets wait. */
  readonly upgradesFrom?: string;
  /** Which certificates of a host are renewed. */
  readonly renewalOf: (host: string) => Renewal;
  /** CAs that are taken to a stage of their replacement. */
  readonly rotation?: RotationWish;
  /** Version of kinit. */
  readonly version: string;
  /** What was asked for, for a plan to repeat. */
  readonly asked: Omit<PlanContent['run'], 'hosts'>;
  /** The plan that is carried out; nothing else is done. */
  readonly reviewed?: ReviewedPlan | undefined;
  /** When its work on the hosts began. */
  readonly begun: Date;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What all passes over the hosts of one run share. */
export interface Prepared {
  readonly run: HostsRun;
  readonly shared: SharedContext;
  readonly artifacts: ReadonlyMap<Arch, ArtifactSet>;
  readonly access: ClusterAccess;
  /** By the host's name. */
  readonly masks: (host: string) => Masks;
  /** What a plan's digests are made with, where it is made, or was, before all artifacts are there. */
  readonly twins: TwinSets | undefined;
}

export interface Pass {
  readonly emit: Emit;
  readonly dryRun: boolean;
  readonly onPlanned?: (host: string, changes: readonly PlannedChange[]) => void;
  /** Throws where a change is not among those that may be made. */
  readonly permit?: (host: string, phase: string, observed: readonly Observed[], twins: PlanTwins) => void;
}

/** One pass over all hosts, side by side: each goes down its phases by itself, and ends at its first failure. */
export async function passOverHosts(prepared: Prepared, pass: Pass): Promise<HostsOutcome> {
  const { run, shared, artifacts, access, masks, twins: sets } = prepared;
  const { phases, live, inventory, strict } = run;
  const { emit, dryRun } = pass;
  const stop = new AbortController();
  const signal = signalOfMany(run.signal, stop.signal);
  const ids = phases.map(({ id }) => id);
  const waits = barriers(
    ids,
    live.map(({ spec }) => spec.name),
  );
  const nodes = live.filter(({ facts }) => facts.arch !== 'unsupported').map(({ spec: { name } }) => name);
  const byName = new Map(live.map((host) => [host.spec.name, host]));
  const movers = moversOf(
    phases,
    nodes.map((name) => contextFor(shared, name, artifacts)),
    run.selected,
  );
  const slot = limiter(inventory.spec.parallel);
  const lookSlot = limiter(looksAtOnce(inventory.spec));
  const aheadSlot = limiter(inventory.spec.parallel);
  const timings: PhaseTiming[] = [];
  const failures = new Map<string, unknown>();
  await Promise.all(
    live.map(async ({ spec: { name }, connection }) => {
      const tools: Tools = {
        host: connection,
        api: access.api,
        begun: run.begun,
        progress: (text) => emit({ type: 'progress', host: name, text }),
        signal,
      };
      const isNews = firstTime();
      try {
        const twins = twinsOf(sets, phases, (others) => contextFor(shared, name, others));
        const context = contextFor(shared, name, artifacts);
        await runPipeline({
          context,
          tools,
          phases: phases.map((phase) => (isFor(phase, name, run.selected) ? phase : leftOut(phase))),
          barriers: waits,
          turn: (phase) => turnOf(phase, name, movers.get(phase.id) ?? [], phases),
          emit,
          dryRun,
          slot,
          lookSlot,
          aheadSlot,
          access,
          witness: (host) => byName.get(host),
          blame: (host, error) => failures.set(host, error),
          onTiming: (timing) => timings.push(timing),
          planned: (phase, observed) => {
            const changed = observed.filter((each) => each.difference.changed && isNews(each.resource));
            const changes = plannedChanges(phase, changed, masks(name), twins);
            pass.onPlanned?.(name, changes);
            const sends = changed.map(whatIsSent);
            return changes.map(({ phase: _phase, wanted: _wanted, open: _open, ...change }, index) => ({
              change,
              sends: (sends[index] ?? []).map(masks(name).shown),
            }));
          },
          permit: (phase, observed) => pass.permit?.(name, phase, observed, twins),
          trial: settingsTrial({ context, access, emit }),
        });
      } catch (thrown) {
        const byStrict = stop.signal.aborted && !run.signal.aborted;
        failures.set(name, byStrict ? stoppedOrFailed(thrown, name) : thrown);
        if (strict) stop.abort();
      }
    }),
  );
  return { timings, failures };
}

/** Several phases may have the same wish: whichever comes first brings it about, and a plan tells it once. */
function firstTime(): (resource: Resource) => boolean {
  const told = new Map<string, Resource>();
  return (resource) => {
    if (isDeepStrictEqual(told.get(resource.id), resource)) return false;
    told.set(resource.id, resource);
    return true;
  };
}

/** The hosts that each phase with an order concerns. */
function moversOf(
  phases: readonly Phase[],
  contexts: readonly PhaseContext[],
  selected: ReadonlySet<string>,
): ReadonlyMap<string, readonly Mover[]> {
  const ordered = phases.filter(({ order }) => order !== undefined);
  return new Map(
    ordered.map((phase) => {
      const concerned = contexts.filter(
        (context) =>
          isFor(phase, context.node.spec.name, selected) &&
          phase.appliesTo(context) &&
          isMover(phase.order?.of, context),
      );
      return [
        phase.id,
        concerned.map(({ node, leader }) => ({
          name: node.spec.name,
          leads: node === leader,
          isControlPlane: node.isControlPlane,
        })),
      ];
    }),
  );
}

function isMover(of: Order['of'], context: PhaseContext): boolean {
  return typeof of === 'function' ? of(context) : of !== 'changed-nodes' || isMember(context.node.facts);
}

function isFor({ alsoOnOthers }: Phase, host: string, selected: ReadonlySet<string>): boolean {
  return selected.has(host) || alsoOnOthers === true;
}

/** It stays in the list, so that others which wait for it see it as done. */
function leftOut(phase: Phase): Phase {
  return { ...phase, appliesTo: () => false };
}

/** With --strict an interruption was not the user's. */
function stoppedOrFailed(thrown: unknown, host: string): KinitError {
  return isInterrupted(thrown) ? stoppedByStrict('stopped', host) : asKinitError(thrown);
}
