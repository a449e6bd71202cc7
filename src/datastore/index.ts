import type { Spec } from '../model/spec.js';
import type { Datastore } from './datastore.js';
import { etcd } from './etcd/index.js';

export type { Datastore, SlowDisk } from './datastore.js';

/** Every datastore there is. A new one is a folder beside and a line here. */
export const DATASTORES: readonly [Datastore, ...Datastore[]] = [etcd];

/** The datastore of an inventory. */
export function datastoreOf(_spec: Spec): Datastore {
  return DATASTORES[0];
}
