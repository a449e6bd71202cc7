import type { KubeObject, ObjectRef } from '../api.js';
import type { Node } from '../phase.js';
import type { Decisions } from '../record.js';
import type { Spec } from '../spec.js';

/** Something that the inventory may leave to kinit. Once decided it stays, whichever hosts answer later: the cluster's record has it. */
export interface Decider {
  /** @param decided what the record has: it goes before what the hosts say now */
  readonly decide: (spec: Spec, nodes: readonly Node[], decided: Decisions) => Decisions;
  /** Where a cluster without a record shows what was decided. */
  readonly shownBy: ObjectRef;
  readonly readBack: (object: KubeObject) => Decisions;
}
