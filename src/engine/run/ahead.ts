import type { Whole } from '../../model/host.js';
import { signalOfMany } from '../../model/signal.js';
import type { Phase } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import type { Observed } from '../change/observe.js';
import type { Looks } from './looks.js';

interface AheadOptions {
  readonly tools: Tools;
  /** Throws where a change must not be made. */
  readonly permit: (phase: string, observed: readonly Observed[]) => void;
  /** Sends to fewer than `parallel` hosts at once. */
  readonly slot: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What is on its way to a host before the phases come that need it. */
export interface ComesAhead {
  /** Before a phase: what has not begun to come by then is brought by the phase itself. */
  readonly isTurnOf: (phase: Phase) => void;
  /** Nobody will ask for it any more. */
  readonly stop: () => Promise<void>;
}

const NOTHING: ComesAhead = { isTurnOf: () => undefined, stop: () => Promise.resolve() };

/**
 * Large files of phases to come, sent to a host that is far while it works on those before: packages are fetched over another line, and unpacked
 * meanwhile. Nothing is put in place: they lie where the phases look for them (HostConnection.ahead).
 */
export function bringAhead(phases: readonly Phase[], looks: Looks, options: AheadOptions): ComesAhead {
  const { tools, slot } = options;
  const { ahead } = tools.host;
  // What a phase would do is work to find out, on each of many hosts.
  if (ahead === undefined || !tools.host.isFar()) return NOTHING;
  const files = new Map(phases.map((phase) => [phase.id, filesOf(phase, looks, options)]));
  const all = [...files.values()].flat();
  if (all.length === 0) return NOTHING;
  const stop = new AbortController();
  let begun = false;
  const done = slot(async () => {
    if (stop.signal.aborted) return;
    begun = true;
    await ahead(all, signalOfMany(tools.signal, stop.signal));
  });
  return {
    isTurnOf: ({ id }) => {
      if (!begun && (files.get(id) ?? []).length > 0) stop.abort();
    },
    stop: async () => {
      stop.abort();
      if (begun) await done;
    },
  };
}

function filesOf(phase: Phase, looks: Looks, { permit }: AheadOptions): readonly Whole[] {
  const changed = (looks.known(phase) ?? []).filter(({ difference }) => difference.changed);
  const files = changed.flatMap(({ kind, resource, seen }) =>
    kind.apply(resource, seen).flatMap((step) => (step.do === 'call' ? (step.brings ?? []) : [])),
  );
  if (files.length === 0) return [];
  try {
    permit(phase.id, looks.known(phase) ?? []);
    return files;
  } catch {
    return [];
  }
}
