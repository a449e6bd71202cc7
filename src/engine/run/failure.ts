import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { HostFacts } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import { explainFailedPhase } from '../explain/failed-phase.js';
import { reportFailure } from './outcome.js';

/** A host of this run that can be asked why it is ill. */
export interface Witness {
  readonly connection: HostConnection;
  readonly facts: HostFacts;
}

/** A phase that failed on a host. */
export interface PhaseFailure {
  readonly error: KinitError;
  readonly host: string;
  readonly phase: string;
  /** When the phase began, by this machine's clock. */
  readonly begun: Date;
}

/**
 * Tells a phase's failure for the host that is ill, which need not be the one that noticed it by waiting for it. Each ill host
 * is asked for its own words. Gives what ends the pipeline of the host that noticed.
 * @param blame is told the failures of other hosts
 */
export async function tellFailure(
  { error, host, phase, begun }: PhaseFailure,
  {
    emit,
    witness,
    blame,
  }: {
    readonly emit: Emit;
    readonly witness: (host: string) => Witness | undefined;
    readonly blame: (host: string, error: KinitError) => void;
  },
): Promise<KinitError> {
  const named = error.context.ill ?? [error.context.host ?? host];
  const ill = named.filter((name) => witness(name) !== undefined);
  let own: KinitError | undefined;
  for (const name of ill.length === 0 ? [host] : ill) {
    const asked = witness(name);
    const placed = error.with({ host: name, phase });
    const told = asked === undefined ? placed : await explainFailedPhase(placed, asked, begun);
    reportFailure(emit, name, phase, told);
    if (name === host) own = told;
    else blame(name, told);
  }
  return own ?? waitsFor(ill, host, phase);
}

function waitsFor(ill: readonly string[], host: string, phase: string): KinitError {
  return new KinitError(`not through: it waited for ${ill.join(', ')}`, {
    class: 'partial',
    host,
    phase,
    hint: `Mend ${ill.join(', ')}, then run the same command again.`,
  });
}
