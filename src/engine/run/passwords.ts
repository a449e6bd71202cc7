import type { Spec } from '../../model/spec.js';
import { readDatastoreAccess } from '../datastore-access.js';
import { readRegistryAccess } from '../registry-access.js';

/** Before any host is connected to: what a person forgot to give is told at once. Throws 'access'. */
export async function assertPasswordsThere(spec: Spec): Promise<void> {
  await readRegistryAccess(spec, { lenient: false });
  await readDatastoreAccess(spec, { lenient: false });
}
