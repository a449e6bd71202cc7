import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Evidence } from '../../src/doctor/evidence.js';

const FOLDER = new URL('./evidence/', import.meta.url);
/** Files by what they show: ill hosts and clusters in sub-folders as in src/doctor/causes, named for the cause; healthy ones beside them. */
const FILES = new Map(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => [basename(file, '.json'), file]),
);

/** Names of recordings of clusters that were well. */
export const HEALTHY = [...FILES].flatMap(([name, file]) => (file.startsWith('healthy/') ? [name] : []));
/** Names of recordings of trouble: that of the cause that was provoked. */
export const ILL = [...FILES.keys()].filter((name) => !HEALTHY.includes(name));

/** What a cluster showed: `kinit doctor --bundle`, cut down to what matters. */
export function recorded(name: string): Evidence {
  const file = FILES.get(name);
  if (file === undefined) throw new Error(`there is no recording ${name}`);
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Evidence;
}
