import { KinitError } from '../../model/error.js';
import type { HostsRun } from '../run/pass.js';

/** A cluster that was only taken over has not all that an upgrade builds upon: the tools for a copy of its data, its keys on every host. */
export function requireOwn({
  known: { open, kinit },
  inventory: { spec },
}: Pick<HostsRun, 'known' | 'inventory'>): void {
  if (!open || kinit !== undefined) return;
  throw new KinitError('the cluster has no record of kinit: it was taken over, or the record is gone', {
    class: 'refused',
    hint: `Run kinit init first, with the version that the cluster has (kubernetesVersion in the inventory); then kinit upgrade to ${spec.kubernetesVersion}.`,
  });
}
