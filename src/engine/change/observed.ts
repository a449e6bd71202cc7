import type { Difference, Resource, ResourceKind } from '../../model/resource.js';

/** A resource with what was seen of it and how that differs. */
export interface Observed {
  readonly resource: Resource;
  readonly kind: ResourceKind<Resource, unknown>;
  readonly seen: unknown;
  readonly difference: Difference;
  /** Whether its undo stands in the host's journal. Asked only for what others fill. */
  readonly recorded?: boolean;
}

/** A resource that the API could not be asked about. That is no absence. */
export interface Unseen {
  readonly resource: Resource;
  readonly failure: unknown;
}
