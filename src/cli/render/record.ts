import type { CheckResult } from '../../model/check.js';
import type { ChangeSummary } from '../../model/change.js';
import type { Emit, KinitEvent } from '../../model/event.js';
import type { Failure } from '../errors.js';
import type { Heard } from './files/timeline/spans.js';

/** What a run said, kept for what is printed after it. */
export interface RunRecord {
  /** How many events there were. */
  events: number;
  started: Extract<KinitEvent, { type: 'run-started' }> | undefined;
  readonly changes: { readonly host: string; readonly phase: string; readonly change: ChangeSummary }[];
  readonly checks: { readonly host: string; readonly check: CheckResult }[];
  readonly warnings: { readonly host: string | undefined; readonly text: string }[];
  readonly failures: Failure[];
  /** Causes that were found after a failure, the first one first. */
  readonly findings: Extract<KinitEvent, { type: 'finding' }>[];
  readonly phases: Extract<KinitEvent, { type: 'phase-finished' }>[];
  readonly hosts: Extract<KinitEvent, { type: 'host-finished' }>[];
  /** What the hosts were doing when, for a timeline. */
  readonly heard: Heard[];
}

export function newRecord(): RunRecord {
  return {
    events: 0,
    started: undefined,
    changes: [],
    checks: [],
    warnings: [],
    failures: [],
    findings: [],
    phases: [],
    hosts: [],
    heard: [],
  };
}

/** An Emit that keeps what is needed later and passes everything on. */
export function recording(record: RunRecord, next: Emit): Emit {
  return (event) => {
    record.events += 1;
    keep(record, event);
    next(event);
  };
}

const TIMED: ReadonlySet<KinitEvent['type']> = new Set([
  ...(['run-started', 'host-connected', 'run-finished'] as const),
  ...(['phase-started', 'phase-waiting', 'phase-finished', 'phase-failed'] as const),
]);

function keep(record: RunRecord, event: KinitEvent): void {
  if (TIMED.has(event.type)) record.heard.push({ at: performance.now(), event });
  switch (event.type) {
    case 'run-started':
      record.started = event;
      break;
    case 'change-planned':
    case 'change-applied':
      record.changes.push({ host: event.host, phase: event.phase, change: event.change });
      break;
    case 'check':
      record.checks.push({ host: event.host, check: event.check });
      break;
    case 'warning':
      record.warnings.push({ host: event.host, text: event.text });
      break;
    case 'phase-failed':
      record.failures.push({ message: event.message, error: { ...event.error, host: event.host, phase: event.phase } });
      break;
    case 'finding':
      record.findings.push(event);
      break;
    case 'phase-finished':
      record.phases.push(event);
      break;
    case 'host-finished':
      record.hosts.push(event);
      break;
    default:
      break;
  }
}
