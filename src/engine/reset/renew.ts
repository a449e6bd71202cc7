import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { sha256Hex } from '../../model/text/digest.js';
import { journalList, journalRenew, parseJournal, type RecordedEntry } from '../../resources/journal/read.js';
import { kindNamed } from '../kinds.js';

/**
 * Gives each entry of the host's journal the undo that the present code makes of its data, so that what was recorded by a
 * kinit with a mistake in an undo is undone without it. An entry without data, of a kind or of a version that this kinit
 * does not know keeps the text it was recorded with. Gives the entries. @param known the journal, where it has been read already
 */
export async function renewJournal(
  connection: HostConnection,
  known?: readonly RecordedEntry[],
): Promise<readonly RecordedEntry[]> {
  const entries = known ?? (await readJournal(connection));
  const renewed = entries.flatMap((entry) => {
    const restore = restoreOf(entry);
    return restore === undefined || sha256Hex(`${restore}\n`) === entry.sha256
      ? []
      : [journalRenew(entry.name, restore)];
  });
  if (renewed.length === 0) return entries;
  const result = await connection.run(`set -e\n${renewed.join('\n')}`, { change: 'bring the undo journal up to date' });
  if (result.code !== 0) throw cannot('bring up to date', connection.host, result.stderr);
  return entries;
}

/** The undo journal of a host. */
export async function readJournal(connection: HostConnection): Promise<readonly RecordedEntry[]> {
  const listed = await connection.run(journalList());
  if (listed.code !== 0) throw cannot('read', connection.host, listed.stderr);
  return parseJournal(listed.stdout);
}

function restoreOf({ undo }: RecordedEntry): string | undefined {
  if (undo === undefined) return undefined;
  try {
    const present = kindNamed(undo.kind).undo;
    return present === undefined || undo.version > present.version
      ? undefined
      : present.restore(undo.data, undo.version);
  } catch {
    // A kind, or something a kind builds on, that is no more.
    return undefined;
  }
}

function cannot(what: string, host: string, found: string): KinitError {
  return new KinitError(`could not ${what} the undo journal`, {
    class: 'change',
    host,
    tried: 'reading and writing /var/lib/kinit/journal',
    found: found.trim(),
    hint: 'Nothing was undone. Check free space and that /var/lib is writable, then run the same command again.',
  });
}
