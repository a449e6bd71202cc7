import type { Phase, PhaseContext, Proofs } from '../../model/phase.js';
import type { Resource, Tools } from '../../model/resource.js';
import type { ClusterAccess } from '../api/access.js';
import type { Behind } from '../change/sent.js';
import { look, observe, type Observed, type Unseen } from '../change/observe.js';
import { kindOf } from '../kinds.js';

/** What is known of the phases of one host: what was seen since it was changed last. */
export interface Looks {
  /** What is known of a phase, if anything. */
  readonly known: (phase: Phase) => Observed[] | undefined;
  /** Looks at a phase now. */
  readonly at: (phase: Phase, tools: Tools) => Promise<Observed[]>;
  /**
   * Looks again at what a phase has changed. All else that was known is forgotten.
   * @param behind the change, which the look is sent behind
   */
  readonly again: (phase: Phase, changed: readonly Resource[], tools: Tools, behind: Behind) => Promise<Observed[]>;
  /** What the proofs printed in the very first look; none once something was changed. */
  readonly proofs: () => Proofs;
}

export interface LooksOptions {
  readonly context: PhaseContext;
  readonly tools: Tools;
  /** Nothing is changed: the first look is all there is. */
  readonly dryRun: boolean;
  readonly access: Pick<ClusterAccess, 'isOpen'>;
  /** Whether a phase has to wait for other hosts, as things are. */
  readonly mustWait: (phase: Phase) => boolean;
}

const NO_PROOFS: Proofs = new Map();

/**
 * Looks at all phases of a host in one round trip. Each later look takes with it what can be seen of the phases to come: up to the
 * first that is going to change the host again, for what was seen before that is worth nothing behind it.
 */
export async function lookAtAll(phases: readonly Phase[], options: LooksOptions): Promise<Looks> {
  const { context, tools, dryRun, access, mustWait } = options;
  // What lives in the cluster cannot be seen before its API runs, nor while it is away; such phases look when their turn comes.
  const isVisible = (phase: Phase): boolean =>
    dryRun ||
    access.isOpen() ||
    phase.resources(context).every((resource) => kindOf(resource).observeCall === undefined);
  const visible = phases.filter(isVisible);
  const first = byPhase(visible, context, await look(resourcesOf(visible, context), tools));
  const proofs = proofsOf([...first.values()].flat());
  let known = new Map(first);
  let isChanged = false;

  const willChange = ({ id }: Phase): boolean => first.get(id)?.every(({ difference }) => !difference.changed) !== true;

  const behind = (phase: Phase): readonly Phase[] => {
    const found: Phase[] = [];
    let last = phase;
    for (const next of phases.slice(phases.indexOf(phase) + 1)) {
      // What a phase waits for at its end may be what the next one sees.
      if (last.ready !== undefined || next.looksInTurn === true || !isVisible(next) || mustWait(next)) break;
      found.push(next);
      if (willChange(next)) break;
      last = next;
    }
    return found;
  };

  const lookOn = async (
    phase: Phase,
    resources: readonly Resource[],
    phaseTools: Tools,
    change?: Behind,
  ): Promise<Observed[]> => {
    const others = behind(phase);
    if (others.length > 0) {
      try {
        const all = [...resources, ...resourcesOf(others, context)];
        const looks = await look(all, phaseTools, { behind: change });
        const mine = looks.slice(0, resources.length).map(seenOrThrown);
        for (const [id, seen] of byPhase(others, context, looks.slice(resources.length))) known.set(id, seen);
        return mine;
      } catch {
        // What keeps another phase from being looked at is told in its turn.
        await change?.made;
      }
    }
    return observe(resources, phaseTools, change);
  };

  return {
    known: ({ id, looksInTurn }) => (dryRun ? first.get(id) : looksInTurn === true ? undefined : known.get(id)),
    at: (phase, phaseTools) => lookOn(phase, phase.resources(context), phaseTools),
    again: (phase, changed, phaseTools, change) => {
      isChanged = true;
      known = new Map();
      return lookOn(phase, changed, phaseTools, change);
    },
    proofs: () => (isChanged ? NO_PROOFS : proofs),
  };
}

function resourcesOf(phases: readonly Phase[], context: PhaseContext): readonly Resource[] {
  return phases.flatMap((phase) => phase.resources(context));
}

/** What was seen of each phase, where all of it was. */
function byPhase(
  phases: readonly Phase[],
  context: PhaseContext,
  looks: readonly (Observed | Unseen)[],
): Map<string, Observed[]> {
  const found = new Map<string, Observed[]>();
  let at = 0;
  for (const phase of phases) {
    const mine = looks.slice(at, at + phase.resources(context).length);
    const seen = mine.flatMap((each) => ('failure' in each ? [] : [each]));
    if (seen.length === mine.length) found.set(phase.id, seen);
    at += mine.length;
  }
  return found;
}

function seenOrThrown(each: Observed | Unseen): Observed {
  if ('failure' in each) throw each.failure;
  return each;
}

function proofsOf(observed: readonly Observed[]): Proofs {
  return new Map(
    observed.flatMap(({ resource, seen }) =>
      resource.kind === 'proof' && typeof seen === 'string' ? [[resource.id, seen]] : [],
    ),
  );
}
