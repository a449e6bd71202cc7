import { oncePer } from '../../model/once.js';
import type { Order, Phase } from '../../model/phase.js';

/** A host that a phase concerns, as its order looks at it. */
export interface Mover {
  readonly name: string;
  readonly leads: boolean;
  readonly isControlPlane: boolean;
}

/** Whom a host's turn waits for: the phases they must be through with, and which hosts. */
export interface Turn {
  readonly until: readonly string[];
  readonly before: readonly string[];
  /** Phases that a host moves through in its turn: where it fails in one of them, hosts behind it are not begun with. */
  readonly within: readonly string[];
}

/**
 * Whose turn comes before this host's, in a phase that says how it moves over its hosts; undefined where it has not to wait.
 * @param movers the hosts that the phase concerns, in any order; @param phases of this run, in their order
 */
export function turnOf(
  phase: Phase,
  host: string,
  movers: readonly Mover[],
  phases: readonly Pick<Phase, 'id' | 'order'>[],
): Turn | undefined {
  if (phase.order === undefined) return undefined;
  const names = inOrder(movers);
  const place = names.indexOf(host);
  if (place < 0) return undefined;
  const size = sizes(phase.order);
  for (let begin = 0, wave = 0; begin < names.length; wave += 1) {
    const end = begin + size(wave);
    if (place < end) {
      const before = names.slice(0, begin);
      return before.length === 0 ? undefined : { ...spanOf(phase, phases), before };
    }
    begin = end;
  }
  return undefined;
}

/** What a turn goes to. A phase that is left out of the run holds nobody up. */
function spanOf({ id, order }: Phase, phases: readonly Pick<Phase, 'id' | 'order'>[]): Pick<Turn, 'until' | 'within'> {
  const ids = phases.map((each) => each.id);
  const ends = (order?.until ?? []).filter((each) => ids.includes(each));
  const until = ends.length > 0 ? ends : [id];
  const last = Math.max(...until.map((each) => ids.indexOf(each)));
  const within = phases.slice(ids.indexOf(id), last + 1).filter((each) => each.order !== undefined);
  return { until, within: within.map((each) => each.id) };
}

const inOrder = oncePer((movers: readonly Mover[]) =>
  [...movers].sort((a, b) => rank(a) - rank(b)).map(({ name }) => name),
);

const rank = ({ leads, isControlPlane }: Mover): number => (leads ? 0 : isControlPlane ? 1 : 2);

function sizes({ hosts }: Order): (wave: number) => number {
  if (hosts === 'one-by-one') return () => 1;
  return (wave) => hosts[Math.min(wave, hosts.length - 1)] ?? 1;
}
