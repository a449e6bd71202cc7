import type { CheckResult } from '../../model/check.js';
import { defined } from '../../model/defined.js';
import { asKinitError } from '../../model/error.js';
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

/** What a run would be refused for, or warn of, as a check of the control-plane host; none where every CA has its key here. */
export async function signatureChecks(input: LookInput): Promise<readonly CheckResult[]> {
  const { inventory } = input;
  const { ca, etcdCa, frontProxyCa } = inventory.spec.pki;
  if ([ca, etcdCa, frontProxyCa].every((given) => given === undefined || given.keyFile !== undefined)) return [];
  const check = { name: 'signatures', title: 'Certificates that CAs without a key here sign' };
  const told: string[] = [];
  const emit: Emit = (event) => void (event.type === 'warning' && told.push(event.text));
  try {
    await look(input, refuseOrWarn(inventory, emit));
  } catch (thrown) {
    const { message, context } = asKinitError(thrown);
    const found = [message, context.found ?? ''].filter((part) => part !== '').join('\n');
    return [{ ...check, status: 'error', found, ...defined({ hint: context.hint }) }];
  }
  return [
    told.length === 0
      ? { ...check, status: 'ok', found: 'none waits for one' }
      : { ...check, status: 'warning', found: told.join('\n') },
  ];
}

/** A run that would be refused for want of a certificate is refused before hosts get another kernel for it. */
export async function beforeReboots(input: LookInput): Promise<void> {
  await look(
    input,
    refuseOrWarn(input.inventory, () => undefined),
  );
}

type LookInput = Pick<SharedInput, 'inventory' | 'known' | 'selected' | 'kinit'> & {
  readonly live: readonly LiveHost[];
};

async function look(
  { inventory, live, known, selected, kinit }: LookInput,
  onWaiting: SharedInput['onWaiting'],
): Promise<void> {
  await sharedContext({ ...ONLY_LOOK, inventory, hosts: live, known, selected, kinit, onWaiting });
}
