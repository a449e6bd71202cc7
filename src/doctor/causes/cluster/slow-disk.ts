import { DATASTORES, type Datastore } from '../../../datastore/index.js';
import { eachHost, type Cause } from '../../cause.js';
import { datastoreLines } from '../../read/logs.js';

const RECENT_MS = 10 * 60_000;
/** One slow write to disk may be chance; a fdatasync that takes a second is not. */
const MANY = 10;

/** One for each datastore: it says so in words of its own. */
export const slowDisks: readonly Cause[] = DATASTORES.flatMap(slowDiskOf);

function slowDiskOf({ id, title, slowDisk }: Datastore, position: number): Cause[] {
  if (slowDisk === undefined) return [];
  const cause: Cause = {
    name: slowDisk.name,
    title: `The disk is too slow for ${title}`,
    symptom: slowDisk.symptom,
    sign: slowDisk.sign,
    remedy: slowDisk.remedy,
    // Between those of others, which are whole numbers.
    rank: 70 + position / 100,
    find: eachHost((host, { takenAt }) => {
      const now = Date.parse(takenAt) + host.facts.clockOffsetMs;
      const recent = datastoreLines(host, id).filter(({ at }) => now - at < RECENT_MS);
      const slow = recent.filter(({ text }) => text.includes(slowDisk.certain));
      const late = recent.filter(({ text }) => text.includes(slowDisk.perhaps));
      if (slow.length === 0 && late.length < MANY) return undefined;
      const took = slowDisk.took.exec((slow.at(-1) ?? late.at(-1))?.text ?? '')?.[1];
      return {
        found: `${slow.length > 0 ? 'writing to disk' : 'a request'} took ${title} ${took ?? 'too long'} (${slow.length + late.length} such lines within ten minutes)`,
        next: `on ${host.host}: see what else uses the disk (iostat -x 1; /proc/pressure/io), and ${slowDisk.next}`,
        severity: 'warning',
      };
    }),
  };
  return [cause];
}
