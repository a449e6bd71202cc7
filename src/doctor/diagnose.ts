import type { Finding, Severity } from './cause.js';
import { causes } from './causes/index.js';
import { defined } from '../model/defined.js';
import type { Evidence } from './evidence.js';
import { isOurs } from './read/cluster-kind.js';

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** Everything the table of known causes recognises, the first cause first. Pure. */
export function diagnose(evidence: Evidence): Finding[] {
  const ours = isOurs(evidence);
  const found = causes.flatMap((cause) =>
    cause.find(evidence).map(
      ({ kinit, rank = cause.rank, ...sighting }): Finding => ({
        severity: 'error',
        ...sighting,
        next: kinit !== undefined && ours ? `${sighting.next}${kinit}` : sighting.next,
        cause: cause.name,
        title: cause.title,
        rank,
        ...defined({ until: cause.until }),
      }),
    ),
  );
  return found.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || a.rank - b.rank);
}
