import type { CheckResult } from '../model/check.js';
import type { Node } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import type { ReachabilityResult } from './reachability.js';

/** What a check may look at; pure data. */
export interface CheckContext {
  readonly spec: Spec;
  readonly nodes: readonly Node[];
  readonly reachability: readonly ReachabilityResult[];
  /** PEM of the authority that the inventory gives. */
  readonly userCa?: string | undefined;
}

/** What one check says of one host. */
export type Check = (node: Node, context: CheckContext) => CheckResult[];

/** Compares a number with what is needed and what is better. */
export function atLeast(options: {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly minimum: number;
  readonly recommended: number;
  readonly show: (value: number) => string;
  readonly hint: string;
}): CheckResult {
  const { name, title, value, minimum, recommended, show, hint } = options;
  const status = value < minimum ? 'error' : value < recommended ? 'warning' : 'ok';
  return {
    name,
    title,
    status,
    found: show(value),
    minimum: show(minimum),
    recommended: show(recommended),
    ...(status === 'ok' ? {} : { hint }),
  };
}
