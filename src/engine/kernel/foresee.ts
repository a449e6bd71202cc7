import type { Emit } from '../../model/event.js';
import { asKinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import type { LoadedInventory } from '../../model/spec.js';
import { accessThrough } from '../api/access.js';
import { foreseeDrains } from '../drain/foresee.js';
import { isInterrupted } from '../run/stopped.js';
import type { LiveHost } from '../session/session.js';
import { isToReboot } from './move.js';

interface Foreseeing {
  readonly inventory: LoadedInventory;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly mayReadKeys: boolean;
}

/**
 * Before a person is asked, and in a plan: what the drains of nodes that get another kernel may meet. It is told where the cluster can be asked;
 * a kernel may be what mends one that cannot.
 * @param todo those of hostsToMove; @param all every host that answers
 */
export async function foreseeReboots(
  todo: readonly LiveHost[],
  all: readonly LiveHost[],
  { emit, ...options }: Foreseeing,
): Promise<void> {
  const nodes = todo.filter((host) => isToReboot(host) && isMember(host.facts)).map(({ spec }) => spec.name);
  const access = nodes.length === 0 ? undefined : accessThrough(all, options);
  if (access === undefined) return;
  try {
    await foreseeDrains(await access.api(), nodes, 'reboot', emit);
  } catch (thrown) {
    if (isInterrupted(thrown)) throw thrown;
    emit({ type: 'warning', text: `nobody knows what drains will meet: ${asKinitError(thrown).message}` });
  } finally {
    access.close();
  }
}
