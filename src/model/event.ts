import type { CheckResult } from './check.js';
import type { ChangeSummary } from './change.js';
import type { ErrorContext } from './error.js';

/** What the engine says while it works. Only src/cli prints them. NDJSON prints them as they are. */
export type KinitEvent =
  | { readonly type: 'run-started'; readonly command: string; readonly hosts: readonly string[]; readonly phases: readonly { readonly id: string; readonly title: string }[] }
  | { readonly type: 'host-connected'; readonly host: string; readonly description: string }
  | { readonly type: 'phase-started'; readonly host: string; readonly phase: string; readonly title: string }
  | { readonly type: 'phase-waiting'; readonly host: string; readonly phase: string; readonly for: string }
  | { readonly type: 'progress'; readonly host?: string; readonly phase?: string; readonly text: string }
  | { readonly type: 'change-planned'; readonly host: string; readonly phase: string; readonly change: ChangeSummary }
  | { readonly type: 'change-applied'; readonly host: string; readonly phase: string; readonly change: ChangeSummary }
  | { readonly type: 'phase-finished'; readonly host: string; readonly phase: string; readonly changes: number; readonly seconds: number; readonly roundTrips: number; readonly reason?: string }
  | { readonly type: 'phase-failed'; readonly host: string; readonly phase: string; readonly message: string; readonly error: Omit<ErrorContext, 'cause'> }
  | { readonly type: 'check'; readonly host: string; readonly check: CheckResult }
  | { readonly type: 'warning'; readonly host?: string; readonly text: string }
  | { readonly type: 'host-finished'; readonly host: string; readonly changes: number; readonly seconds: number; readonly execChannels: number; readonly roundTrips: number }
  | { readonly type: 'run-finished'; readonly changes: number; readonly seconds: number; readonly failedHosts: readonly string[] };

export type Emit = (event: KinitEvent) => void;
