import type { Emit } from '../../model/event.js';
import type { LoadedInventory } from '../../model/spec.js';
import { requireSigned, type WantedSignature } from '../../pki/index.js';
import { ONLY_LOOK, sharedContext, type SharedInput } from '../context.js';
import type { LiveHost } from '../session/session.js';
import { requestsFolder } from './folder.js';

/**
 * For a run that changes hosts, or says what it would change: what it cannot do without is refused; what serves for a while is told, and
 * does not keep anybody from mending a cluster or adding a host meanwhile.
 */
export function refuseOrWarn(inventory: LoadedInventory, emit: Emit): (wanted: readonly WantedSignature[]) => void {
  return (wanted) => {
    requireSigned(wanted, requestsFolder(inventory));
    const due = wanted.filter(({ mayWait }) => mayWait);
    const [first] = due;
    if (first === undefined) return;
    const which = due.length === 1 ? 'certificate is' : 'certificates are';
    emit({
      type: 'warning',
      text: `${String(due.length)} ${which} due and kinit has no key to renew with (${first.host}: ${first.path}, ${first.because}): kinit certs requests writes what is to be signed`,
    });
  };
}

/** A run that would be refused for want of a certificate is refused before hosts get another kernel for it. */
export async function beforeReboots({
  inventory,
  live,
  known,
  selected,
  kinit,
}: Pick<SharedInput, 'inventory' | 'known' | 'selected' | 'kinit'> & {
  readonly live: readonly LiveHost[];
}): Promise<void> {
  const onWaiting = refuseOrWarn(inventory, () => undefined);
  await sharedContext({ ...ONLY_LOOK, inventory, hosts: live, known, selected, kinit, onWaiting });
}
