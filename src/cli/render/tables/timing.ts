import type { RunRecord } from '../record.js';
import { table } from './table.js';

/** The tables of --timing: phases that took time or round trips or changed something, and every host. Seconds. */
export function renderTiming({ phases, hosts }: Pick<RunRecord, 'phases' | 'hosts'>): string {
  const phaseRows = phases
    .filter(({ changes, roundTrips, seconds }) => changes > 0 || roundTrips > 0 || seconds >= 0.05)
    .map(({ host, phase, seconds, changes, roundTrips }) => [
      host,
      phase,
      Number(seconds.toFixed(2)),
      changes,
      roundTrips,
    ]);
  const hostRows = hosts.map(({ host, seconds, changes, execChannels, roundTrips }) => [
    host,
    Number(seconds.toFixed(2)),
    changes,
    roundTrips,
    execChannels,
  ]);
  const tables = [
    phaseRows.length === 0 ? undefined : table(['HOST', 'PHASE', 'SECONDS', 'CHANGES', 'ROUND TRIPS'], phaseRows),
    hostRows.length === 0 ? undefined : table(['HOST', 'SECONDS', 'CHANGES', 'ROUND TRIPS', 'EXEC CHANNELS'], hostRows),
  ];
  return tables.filter((text) => text !== undefined).join('\n\n');
}
