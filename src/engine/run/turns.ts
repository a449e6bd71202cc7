import { oncePer } from '../../model/once.js';
import type { Order, Phase } from '../../model/phase.js';

/** A host that a phase concerns, as its order looks at it. */
export interface Mover {
  readonly name: string;
  readonly leads: boolean;
  readonly isControlPlane: boolean;
}

/** Whom a host's turn waits for: the phase they must be through with, and which hosts. */
export interface Turn {
  readonly until: string;
  readonly before: readonly string[];
}

/**
 * Whose turn comes before this host's, in a phase that says how it moves over its hosts; undefined where it has not to wait.
 * @param movers the hosts that the phase concerns, in any order; @param ids of the phases of this run
 */
export function turnOf(phase: Phase, host: string, movers: readonly Mover[], ids: readonly string[]): Turn | undefined {
  if (phase.order === undefined) return undefined;
  const names = inOrder(movers);
  const place = names.indexOf(host);
  if (place < 0) return undefined;
  const size = sizes(phase.order);
  for (let begin = 0, wave = 0; begin < names.length; wave += 1) {
    const end = begin + size(wave);
    if (place < end) {
      const before = names.slice(0, begin);
      // One that is left out of the run holds nobody up.
      const until = [phase.order.until].find((id) => id !== undefined && ids.includes(id)) ?? phase.id;
      return before.length === 0 ? undefined : { until, before };
    }
    begin = end;
  }
  return undefined;
}

const inOrder = oncePer((movers: readonly Mover[]) =>
  [...movers].sort((a, b) => rank(a) - rank(b)).map(({ name }) => name),
);

const rank = ({ leads, isControlPlane }: Mover): number => (leads ? 0 : isControlPlane ? 1 : 2);

function sizes({ hosts }: Order): (wave: number) => number {
  if (hosts === 'one-by-one') return () => 1;
  return (wave) => hosts[Math.min(wave, hosts.length - 1)] ?? 1;
}
