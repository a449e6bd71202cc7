import { setTimeout as sleep } from 'node:timers/promises';
import { killPoint } from '../change/kill-point.js';
import { passOver, step } from '../moves/work.js';
import { type Upgrade, notReached } from './upgrade.js';
import { requireOthers } from './others.js';
import { mustBeWell } from './must-be-well.js';
import { CONTROL_PLANE, programsOf, STABLE, STAYS } from './steps.js';

/** Seconds after which what ends at once, or soon, has ended. */
const LOOK_AGAIN = 8;

/**
 * Datastore, API server, controller manager and scheduler of one control plane after another: the next one only when all of the
 * last run as they were written, and stay. Kubelets wait: none is newer than an API server it may reach.
 */
export async function upgradeControlPlanes(upgrade: Upgrade): Promise<void> {
  const { work, controlPlanes } = upgrade;
  for (const [index, name] of controlPlanes.entries()) {
    try {
      await requireOthers(name, upgrade);
      await upgradeOne(name, upgrade);
    } catch (thrown) {
      for (const later of controlPlanes.slice(index + 1)) work.failures.set(later, notReached(later, name, upgrade));
      throw thrown;
    }
    killPoint(`control plane ${name}`);
  }
}

/** Before anything is written that cannot be taken back: whether the first of them may have its turn. @throws as it does then */
export async function requireFirstTurn(upgrade: Upgrade): Promise<void> {
  const [first] = upgrade.controlPlanes;
  if (first !== undefined) await requireOthers(first, upgrade);
}

async function upgradeOne(name: string, { work, from }: Upgrade): Promise<void> {
  const { phases, inventory } = work.run;
  const before = work.timings.length;
  const through = async (ids: readonly string[]): Promise<void> => {
    const chosen = phases.filter(({ id }) => ids.includes(id));
    mustBeWell(await passOver(chosen, [name], work, { upgradesFrom: from }), work);
  };
  await through([...programsOf(inventory.spec), ...CONTROL_PLANE]);
  const changed = work.timings.slice(before).some(({ changes }) => changes > 0);
  work.prepared.access.markOpen();
  work.open = true;
  if (!changed) return;
  await step(STABLE, name, work, async ({ signal }) => {
    await sleep(LOOK_AGAIN * 1000, undefined, { signal }).catch(() => undefined);
    return 0;
  });
  await through(STAYS);
}
