import { KinitError } from '../../model/error.js';
import { defined } from '../../model/defined.js';
import type { Series } from '../../model/host.js';
import type { Tools } from '../../model/resource.js';
import { lastLines } from '../../model/text/last-lines.js';
import { journalSave, journalSync, type JournalEntry } from '../../resources/journal/journal.js';
import { kindNamed } from '../kinds.js';
import type { Observed } from './observe.js';

/** Of what a script that failed printed. */
const SHOWN_LINES = 15;
/** Seconds in which one entry is recorded; images that are there already are listed in it. */
const TIMEOUT = 120;

/** What of these has to stand in the undo journal before anything is changed: what changes, and what others will fill. */
export function entriesOf(observed: readonly Observed[]): readonly JournalEntry[] {
  return observed.flatMap((item) => {
    const { resource, kind, seen, difference, recorded } = item;
    if (kind.undo === undefined || !(difference.changed || mustRecord(item)) || recorded === true) return [];
    const { save, data, as } = kind.undo.record(resource, seen);
    const id = as?.id ?? resource.id;
    const undo = as === undefined ? kind.undo : (kindNamed(as.kind).undo ?? kind.undo);
    const summary = difference.changed ? difference.change.summary : `fill ${resource.id}`;
    const entry = { id, kind: as?.kind ?? kind.kind, version: undo.version, data, summary };
    return [{ ...entry, ...defined({ save }), restore: undo.restore(data, undo.version) }];
  });
}

/** Found right, and not recorded yet: what comes into it from now on is the cluster's all the same. */
export function mustRecord({ resource, kind, difference, recorded }: Observed): boolean {
  return !difference.changed && kind.undo?.owns?.(resource) === true && recorded === false;
}

/** Writes entries into the host's journal, in one round trip; one that stands there stays as it is. */
export async function record(entries: readonly JournalEntry[], tools: Tools, series?: Series): Promise<void> {
  if (entries.length === 0) return;
  const result = await tools.host.run(`${journalSave(entries)} && ${journalSync()}`, {
    silenceSeconds: TIMEOUT,
    change: 'record what is there',
    ...defined({ series }),
  });
  if (result.code === 0) return;
  throw new KinitError('could not record what is there before changing it', {
    class: 'change',
    host: tools.host.host,
    tried: 'writing the undo journal under /var/lib/kinit/journal',
    found: lastLines(result.stderr || result.stdout, SHOWN_LINES),
    hint: 'Nothing was changed. Check free space and that /var/lib is writable.',
  });
}
