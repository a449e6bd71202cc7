import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { lastLines } from '../../model/text/last-lines.js';
import type { RecordedEntry } from '../../resources/journal/read.js';
import { stopRuntime } from '../../resources/traces/index.js';
import { RUNTIMES, type ContainerRuntime } from '../../runtime/index.js';
import type { RuntimeChange } from '../guard/index.js';
import { readJournal } from '../reset/renew.js';
import { runtimesIn, undoEntries } from '../reset/undo.js';
import type { LiveHost } from '../session/session.js';
import { retiredEntries } from './retired.js';

/** Seconds without a word: three minutes for each runtime's pods, two for the kubelet. */
const SILENCE = 600;

/** What stands in a host's undo journal. */
export interface Recorded {
  readonly all: readonly RecordedEntry[];
  /** Of other runtimes than the inventory's. */
  readonly retired: readonly RecordedEntry[];
}

/** What would be taken away from a host. */
export async function whatGoes(host: LiveHost, context: PhaseContext, phases: readonly Phase[]): Promise<Recorded> {
  const all = await readJournal(host.connection);
  return { all, retired: retiredEntries(context, phases, all) };
}

/**
 * Stops the kubelet and all pods, and undoes what other runtimes than the inventory's have brought to the host. May be cut and
 * run again: what is undone is out of the journal. Gives how many changes were undone.
 */
export async function takeAway(
  host: LiveHost,
  change: RuntimeChange,
  wanted: ContainerRuntime,
  { all, retired }: Recorded,
  emit: Emit,
): Promise<number> {
  for (const runtime of runtimesToStop(change, wanted, all)) {
    const result = await host.connection.run(stopRuntime(runtime), {
      silenceSeconds: SILENCE,
      change: `stop the kubelet and the pods of ${runtime.title}`,
    });
    if (result.code === 0) continue;
    throw new KinitError(`the pods of ${runtime.title} could not all be stopped`, {
      class: 'change',
      tried: 'stopping them through the CRI, then by their processes',
      found: lastLines(`${result.stdout}\n${result.stderr}`, 6) || `exit code ${String(result.code)}`,
      hint: 'End on the host what is named above, then run the same command again: it goes on from here.',
    });
  }
  return undoEntries(host, { removePackages: false, only: retired.map(({ name }) => name) }, emit, all);
}

/** Those that the node's pods run in, or may: what a person has besides is none of the cluster's. */
function runtimesToStop(
  { from, begun }: RuntimeChange,
  wanted: ContainerRuntime,
  all: readonly RecordedEntry[],
): readonly ContainerRuntime[] {
  const ids = [...runtimesIn(all).map(({ id }) => id), from, begun?.to];
  return RUNTIMES.filter((runtime) => runtime !== wanted && ids.includes(runtime.id));
}
