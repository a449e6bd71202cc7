import { controlPlaneOf } from '../../control-plane/index.js';
import { DATASTORES, datastoreOf } from '../../datastore/index.js';
import type { Spec } from '../../model/spec.js';
import type { Finding } from '../problem.js';
import type { Rule } from './rule.js';

export const datastoreRules: readonly Rule[] = [{ reads: ['datastore', 'controlPlane'], check: datastore }];

/** A form of the control plane runs its datastore in one way. */
function datastore(spec: Spec): Finding[] {
  const { datastoreAs, id } = controlPlaneOf(spec);
  const fits = DATASTORES.filter(({ runs }) => runs[datastoreAs] !== undefined);
  if (spec.datastore === undefined || fits.includes(datastoreOf(spec))) return [];
  return [
    {
      path: ['datastore'],
      message: `controlPlane: ${id} does not go with this datastore`,
      allowed: fits.map((store) => store.id).join(', '),
    },
  ];
}
