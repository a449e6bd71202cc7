import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { journalReplay, parseReplay, parseReplayNote } from '../../resources/journal/journal.js';
import { killPoint } from '../change/kill-point.js';
import type { LiveHost } from '../session/session.js';

/** Bound on replaying one host's journal, in seconds. */
const REPLAY_TIMEOUT = 600;

/** Replays the host's undo journal backwards, and tells each entry. Throws where one could not be undone. */
export async function undo(
  host: LiveHost,
  { emit, removePackages }: { readonly emit: Emit; readonly removePackages: boolean },
): Promise<number> {
  const name = host.spec.name;
  const started = performance.now();
  const tripsBefore = host.connection.stats.roundTrips;
  emit({ type: 'phase-started', host: name, phase: 'undo', title: 'Undo what kinit changed' });
  const result = await host.connection.run(journalReplay({ removePackages }), {
    timeoutSeconds: REPLAY_TIMEOUT,
    change: 'undo what kinit changed',
    onLine: (line) => {
      const entry = parseReplay(line);
      const note = parseReplayNote(line);
      if (note !== undefined) emit({ type: 'warning', host: name, text: `${note.id}: ${note.message}` });
      if (entry?.ok === true) killPoint(`undone ${name} ${entry.id}`);
      if (entry !== undefined)
        emit({
          type: 'progress',
          host: name,
          phase: 'undo',
          text: entry.ok ? `undone: ${entry.id}` : `could not undo ${entry.id}: ${entry.message}`,
        });
    },
  });
  const entries = result.stdout.split('\n').flatMap((line) => parseReplay(line) ?? []);
  const failed = entries.filter((entry) => !entry.ok);
  if (failed.length > 0 || result.code !== 0) {
    throw new KinitError(`${failed.length} of ${entries.length} changes could not be undone`, {
      class: 'change',
      host: name,
      phase: 'undo',
      tried: 'replaying /var/lib/kinit/journal backwards',
      found: failed.map((entry) => `${entry.id}: ${entry.message}`).join('\n') || result.stderr.trim(),
      hint: 'Mend what is named above and run kinit reset again: what is undone stays undone.',
    });
  }
  emit({
    type: 'phase-finished',
    host: name,
    phase: 'undo',
    changes: entries.length,
    seconds: (performance.now() - started) / 1000,
    roundTrips: host.connection.stats.roundTrips - tripsBefore,
    ...(entries.length === 0 ? { reason: 'kinit has no journal on this host' } : {}),
  });
  return entries.length;
}
