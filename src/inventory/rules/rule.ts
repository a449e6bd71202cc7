import type { Spec } from '../../model/spec.js';
import type { Finding } from '../problem.js';

/** A check across fields of an inventory whose single values are valid. */
export interface Rule {
  /** Options it looks at ('hosts.roles'). It is left out while one of them has a mistake of its own, so that no mistake is reported twice. */
  readonly reads: readonly string[];
  readonly check: (spec: Spec) => Finding[];
}
