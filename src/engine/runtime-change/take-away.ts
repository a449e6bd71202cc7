import { KinitError } from '../../model/error.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { lastLines } from '../../model/text/last-lines.js';
import { journalList, parseJournal, type RecordedEntry } from '../../resources/journal/read.js';
import { stopRuntime } from '../../resources/traces/index.js';
import { undoEntries } from '../reset/undo.js';
import type { Emit } from '../../model/event.js';
import type { LiveHost } from '../session/session.js';
import { otherRuntimes, retiredEntries } from './retired.js';

/** Seconds without a word: three minutes for each runtime's pods, two for the kubelet. */
const SILENCE = 600;

/** What would be taken away from a host. */
export async function whatGoes(
  host: LiveHost,
  context: PhaseContext,
  phases: readonly Phase[],
): Promise<readonly RecordedEntry[]> {
  const listed = await host.connection.run(journalList());
  if (listed.code !== 0)
    throw new KinitError('could not read the undo journal', {
      class: 'access',
      tried: 'reading /var/lib/kinit/journal',
      found: listed.stderr.trim(),
      hint: 'Nothing was taken away. Mend that on the host, then run the same command again.',
    });
  return retiredEntries(context, phases, parseJournal(listed.stdout));
}

/**
 * Stops the kubelet and all pods, and undoes what other runtimes than the inventory's have brought to the host. May be cut and
 * run again: what is undone is out of the journal. Gives how many changes were undone.
 */
export async function takeAway(
  host: LiveHost,
  context: PhaseContext,
  phases: readonly Phase[],
  emit: Emit,
): Promise<number> {
  for (const runtime of otherRuntimes(context.spec)) {
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
  const entries = await whatGoes(host, context, phases);
  if (entries.length === 0) return 0;
  return undoEntries(host, { removePackages: false, only: entries.map(({ name }) => name) }, emit);
}
