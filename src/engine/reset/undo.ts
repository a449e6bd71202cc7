import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { HostConnection } from '../../model/host.js';
import type { RecordedEntry } from '../../resources/journal/read.js';
import { stopRuntime } from '../../resources/traces/index.js';
import { RUNTIMES, type ContainerRuntime } from '../../runtime/index.js';
import { ENTRY_SILENCE, journalReplay, parseReplay, type ReplayLine } from '../../resources/journal/replay.js';
import { killPoint } from '../change/kill-point.js';
import type { LiveHost } from '../session/session.js';
import { renewJournal } from './renew.js';

/** Longest time in seconds without a line of the replay: it says every few seconds that it goes on, and restarts units at its end. */
const SILENCE = 300;

/** Replays the host's undo journal backwards, and tells each entry. Throws where one could not be undone. */
export async function undo(
  host: LiveHost,
  { emit, removePackages }: { readonly emit: Emit; readonly removePackages: boolean },
): Promise<number> {
  const name = host.spec.name;
  const started = performance.now();
  const tripsBefore = host.connection.stats.roundTrips;
  emit({ type: 'phase-started', host: name, phase: 'undo', title: 'Undo what kinit changed' });
  const changes = await undoEntries(host, { removePackages }, emit);
  emit({
    type: 'phase-finished',
    host: name,
    phase: 'undo',
    changes,
    seconds: (performance.now() - started) / 1000,
    roundTrips: host.connection.stats.roundTrips - tripsBefore,
    ...(changes === 0 ? { reason: 'kinit has no journal on this host' } : {}),
  });
  return changes;
}

/**
 * The same without a phase around it. Gives how many entries were undone.
 * @param asked which of them, and whether packages go too; @param known the journal, where it has been read already
 */
export async function undoEntries(
  { connection, spec }: LiveHost,
  asked: Parameters<typeof journalReplay>[0],
  emit: Emit,
  known?: readonly RecordedEntry[],
): Promise<number> {
  // To the replay no names are all of them.
  if (asked.only?.length === 0) return 0;
  const entries = await renewJournal(connection, known);
  if (asked.only === undefined) await stopAllPods(connection, entries);
  return (await replay(connection, asked, (line) => tell(line, spec.name, emit))).length;
}

/**
 * Where a host has had several runtimes: the newest of what they left is not always that of the one that runs, and nothing of
 * it can be cleared while its pods do. What could not be stopped the replay tells.
 */
async function stopAllPods(connection: HostConnection, entries: readonly RecordedEntry[]): Promise<void> {
  const runtimes = runtimesIn(entries);
  if (runtimes.length < 2) return;
  const script = runtimes.map((runtime) => `(\n${stopRuntime(runtime)}\n)`).join('\n');
  await connection.run(`${script}\n:`, { silenceSeconds: SILENCE * runtimes.length, change: 'stop all pods' });
}

/** The runtimes that clusters on this host have run their pods in. */
export function runtimesIn(entries: readonly RecordedEntry[]): readonly ContainerRuntime[] {
  const ids = new Set(entries.flatMap(({ undo: recorded }) => runtimeOfTraces(recorded) ?? []));
  return RUNTIMES.filter(({ id }) => ids.has(id));
}

function runtimeOfTraces(undone: RecordedEntry['undo']): string | undefined {
  const { kind, data } = undone ?? {};
  const runtime = typeof data === 'object' && data !== null && 'runtime' in data ? data.runtime : undefined;
  return kind === 'traces' && typeof runtime === 'string' ? runtime : undefined;
}

function tell({ status, id, message }: ReplayLine, host: string, emit: Emit): void {
  if (status === 'note') return emit({ type: 'warning', host, text: `${id}: ${message}` });
  if (status === 'ok') killPoint(`undone ${host} ${id}`);
  const words = { ok: `undone: ${id}`, failed: `could not undo ${id}: ${message}`, alive: `undoing ${id}: ${message}` };
  emit({ type: 'progress', host, phase: 'undo', text: words[status] });
}

async function replay(
  connection: HostConnection,
  asked: Parameters<typeof journalReplay>[0],
  onEntry: (line: ReplayLine) => void,
): Promise<readonly ReplayLine[]> {
  const result = await connection.run(journalReplay(asked), {
    silenceSeconds: SILENCE,
    change: 'undo what kinit changed',
    onLine: (line) => {
      const parsed = parseReplay(line);
      if (parsed !== undefined) onEntry(parsed);
    },
  });
  const lines = result.stdout.split('\n').flatMap((line) => parseReplay(line) ?? []);
  const entries = lines.filter(({ status }) => status === 'ok' || status === 'failed');
  const failed = entries.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && result.code === 0) return entries;
  throw new KinitError(`${failed.length} of ${entries.length} changes could not be undone`, {
    class: 'change',
    host: connection.host,
    phase: 'undo',
    tried: `replaying /var/lib/kinit/journal backwards; what says nothing for ${ENTRY_SILENCE} s is ended`,
    found: failed.map((entry) => `${entry.id}: ${entry.message}`).join('\n') || result.stderr.trim(),
    hint: 'Mend what is named above and run the same command again: what is undone stays undone.',
  });
}
