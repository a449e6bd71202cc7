import type { Finding, Severity } from './cause.js';
import { causes } from './causes/index.js';
import type { Evidence } from './evidence.js';

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** Everything the table of known causes recognises, the first cause first. Pure. */
export function diagnose(evidence: Evidence): Finding[] {
  const found = causes.flatMap((cause) =>
    cause.find(evidence).map(
      (sighting): Finding => ({
        severity: 'error',
        ...sighting,
        cause: cause.name,
        title: cause.title,
        rank: cause.rank,
      }),
    ),
  );
  return found.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || a.rank - b.rank);
}
