import { CLOCK_NEAR_MS } from '../../model/clock.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { looksAtOnce, mapLimit } from '../../model/limit.js';
import type { LoadedInventory, Spec } from '../../model/spec.js';
import { sh, shellScript } from '../../shell/script.js';
import { factsOf } from './facts.js';
import type { LiveHost, OpenedHosts } from './session.js';

const SET = shellScript('./set-clock.sh', import.meta.url);

const SECONDS = 40;

/**
 * Sets the clocks of hosts that are not near this machine's by it, and looks at those hosts again. Clocks are no part of the undo journal: a wrong one
 * is not put back. @throws KinitError refused, where it is this machine's that is wrong; change, where a clock cannot be set
 */
export async function withClocksSet(
  { live, lost }: OpenedHosts,
  { inventory: { spec }, emit }: { readonly inventory: LoadedInventory; readonly emit: Emit },
): Promise<OpenedHosts> {
  const off = live.filter((host) => !isNear(host.facts.clockOffsetMs));
  if (off.length > 0) refuseOwn(off, live);
  const set = await mapLimit(live, looksAtOnce(spec), async (host) =>
    off.includes(host) ? setClock(host, spec, emit) : host,
  );
  return { live: set, lost };
}

const isNear = (milliseconds: number): boolean => Math.abs(milliseconds) <= CLOCK_NEAR_MS;

/** Clocks that agree with one another against this machine's are more likely to be right than it is. */
function refuseOwn(off: readonly LiveClock[], live: readonly LiveClock[]): void {
  const agreeing = (host: LiveClock): number =>
    off.filter(({ facts }) => isNear(facts.clockOffsetMs - host.facts.clockOffsetMs)).length;
  const most = off.reduce((best, host) => (agreeing(host) > agreeing(best) ? host : best));
  if (agreeing(most) < 2 || agreeing(most) * 2 <= live.length) return;
  throw new KinitError('the clock of this machine is the one that is off; no clock was set', {
    class: 'refused',
    host: most.spec.name,
    found: `${String(agreeing(most))} of ${String(live.length)} hosts agree with one another, and are ${inWords(most.facts.clockOffsetMs)} it`,
    hint: 'Set the clock of this machine right. Where it is, set one of those hosts right by hand (date -s, chronyc makestep); --set-clocks then sets the others.',
  });
}

type LiveClock = Pick<LiveHost, 'spec' | 'facts'>;

async function setClock(host: LiveHost, inventory: Spec, emit: Emit): Promise<LiveHost> {
  const { spec, connection, facts } = host;
  const { code, stderr } = await connection.run(sh(SET, { args: [(Date.now() / 1000).toFixed(3)] }), {
    timeoutSeconds: SECONDS,
    change: 'set the clock',
  });
  const now = code === 0 ? { ...host, facts: await factsOf(connection, inventory) } : host;
  if (code === 0 && isNear(now.facts.clockOffsetMs)) {
    const was = inWords(facts.clockOffsetMs);
    emit({ type: 'warning', host: spec.name, text: `its clock was ${was} this machine's, and was set by it` });
    return now;
  }
  throw new KinitError('the clock could not be set', {
    class: 'change',
    host: spec.name,
    tried: "date -s, with this machine's time",
    found: stderr.trim() || `it is ${inWords(now.facts.clockOffsetMs)} this machine's again: something else sets it`,
    hint: 'A container has the clock of its machine: set that one. Otherwise look at what keeps the time on the host (timedatectl; chronyc sources).',
  });
}

/** For a person: days from two days on. */
function inWords(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  const length = seconds < 2 * 86_400 ? `${String(seconds)} s` : `${String(Math.round(seconds / 86_400))} days`;
  return `${length} ${milliseconds > 0 ? 'ahead of' : 'behind'}`;
}
