import type { KubeObject } from '../../model/api.js';
import { list, text } from './json.js';

/** Whether kinit has applied an object: the server notes who did (kubernetes.io/docs/reference/using-api/server-side-apply). */
export function appliedByKinit(object: KubeObject): boolean {
  return list(object, 'metadata', 'managedFields').some(
    (entry) => text(entry, 'manager') === 'kinit' && text(entry, 'operation') === 'Apply',
  );
}
