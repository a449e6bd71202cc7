import type { BinaryArtifact } from '../../model/artifact.js';
import type { CheckResult } from '../../model/check.js';
import type { Section } from '../../facts/index.js';
import type { HostEvidence } from '../evidence.js';
import { digestsOf } from '../sections.js';

/** Programs shown by name; of more, the number is enough. */
const SHOWN = 4;

/** What the host's files are compared with. */
export interface Expected {
  /** Programs for hosts of its architecture, with the digests of the store's manifest and the lock file; absent where this machine does not have them. */
  readonly programs?: readonly Pick<BinaryArtifact, 'name' | 'version' | 'installPath' | 'sha256'>[];
  /** What kinit init would change; absent where it could not be compared. */
  readonly drift?: readonly string[];
}

/** Asks for the digests of the installed programs. */
export function digestSection({ programs = [] }: Expected): Section {
  return digestsOf(programs.map(({ installPath }) => installPath));
}

export function fileChecks(host: HostEvidence, { programs, drift }: Expected): CheckResult[] {
  // Programs of a cluster that kinit did not make come from elsewhere; comparing them says nothing.
  const ours = host.facts.kubernetes.journal;
  return [digests(host, programs, ours), difference(drift, ours)];
}

function digests({ text }: HostEvidence, programs: Expected['programs'], ours: boolean): CheckResult {
  const base = { name: 'digests', title: 'Digests of programs', minimum: 'as in the lock file and the store' };
  if (programs === undefined)
    return {
      ...base,
      status: 'ok',
      found: 'not compared: the artifacts are not on this machine (kinit artifacts build)',
    };
  const seen = new Map(
    (text['digests'] ?? '').split('\n').flatMap((line) => {
      const match = /^([0-9a-f]{64}) [ *](.*)$/.exec(line);
      return match === null ? [] : [[match[2] ?? '', match[1] ?? ''] as const];
    }),
  );
  const wrong = programs.filter(({ installPath, sha256 }) => seen.has(installPath) && seen.get(installPath) !== sha256);
  const missing = programs.filter(({ installPath }) => !seen.has(installPath));
  if (!ours && (wrong.length > 0 || missing.length > 0))
    return {
      ...base,
      status: 'ok',
      found: `not installed by kinit: ${programs.length - wrong.length - missing.length} of ${programs.length} are the same`,
    };
  if (wrong.length === 0 && missing.length === 0)
    return { ...base, status: 'ok', found: `${programs.length} programs` };
  const name = (list: typeof programs): string =>
    `${list
      .slice(0, SHOWN)
      .map(({ installPath }) => installPath)
      .join(', ')}${list.length > SHOWN ? ` and ${list.length - SHOWN} more` : ''}`;
  return {
    ...base,
    status: 'error',
    found: [
      ...(wrong.length > 0 ? [`changed: ${name(wrong)}`] : []),
      ...(missing.length > 0 ? [`missing: ${name(missing)}`] : []),
    ].join('; '),
    hint: 'kinit init installs them anew. If nobody changed them on purpose, find out who did.',
  };
}

function difference(drift: Expected['drift'], ours: boolean): CheckResult {
  const base = { name: 'drift', title: 'Drift from the inventory', recommended: 'none' };
  if (drift === undefined) return { ...base, status: 'ok', found: 'not compared' };
  if (drift.length === 0) return { ...base, status: 'ok', found: 'none' };
  const shown = `${drift.slice(0, SHOWN).join(', ')}${drift.length > SHOWN ? `, and ${drift.length - SHOWN} more` : ''}`;
  if (!ours)
    return { ...base, status: 'ok', found: `not made by kinit; taking it over would be ${drift.length} changes` };
  return {
    ...base,
    status: 'warning',
    found: `${drift.length} change${drift.length === 1 ? '' : 's'}: ${shown}`,
    hint: 'kinit plan shows them with their diffs, kinit init carries them out.',
  };
}
