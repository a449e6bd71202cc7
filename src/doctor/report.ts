import type { CheckResult } from '../model/check.js';
import type { Finding } from './cause.js';

/** One row of the doctor's table; without a host it concerns the whole cluster. */
export interface DoctorCheck {
  readonly host?: string;
  readonly check: CheckResult;
}

/** What `kinit doctor` says. */
export interface DoctorReport {
  /** Name of the cluster in the inventory. */
  readonly cluster: string;
  /** RFC 3339. */
  readonly takenAt: string;
  /** No check and no cause is an error. */
  readonly well: boolean;
  readonly checks: readonly DoctorCheck[];
  /** The first cause first. */
  readonly findings: readonly Finding[];
}
