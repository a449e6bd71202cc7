import type { CheckResult } from '../model/check.js';
import type { KinitError } from '../model/error.js';
import type { Node } from '../model/phase.js';
import type { Decisions } from '../model/record.js';
import type { Spec } from '../model/spec.js';
import type { DatastoreLook, EndpointLook, ReachabilityResult } from './network/results.js';

/** What was tried on the hosts, by host name where it is a map; absent or empty where it was not tried. */
export interface Looks {
  readonly reachability?: readonly ReachabilityResult[];
  /** Control-plane hosts whose sshd does not let us through to the API. */
  readonly forwarding?: ReadonlyMap<string, KinitError>;
  readonly endpoint?: ReadonlyMap<string, EndpointLook>;
  /** Control-plane hosts that somebody answers at the virtual address, before there is one: by what they know him by. */
  readonly virtualAddress?: ReadonlyMap<string, string>;
  /** In the order of its places. */
  readonly datastoreServer?: ReadonlyMap<string, readonly DatastoreLook[]>;
}

/** What a check may look at; pure data. */
export interface CheckContext extends Looks {
  readonly spec: Spec;
  readonly nodes: readonly Node[];
  /** What was decided for a cluster that is there already. */
  readonly decisions?: Decisions;
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
