/** One preflight check on one host: what was found against what is needed. */
export interface CheckResult {
  /** Stable name, used by --ignore-preflight, for example 'memory' or 'port-6443'. */
  readonly name: string;
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'error' | 'ignored';
  readonly found: string;
  readonly minimum?: string;
  readonly recommended?: string;
  /** What to do, where the status is not ok. */
  readonly hint?: string;
}
