import { passOver } from '../moves/work.js';
import { killPoint } from '../change/kill-point.js';
import { mustBeWell } from './must-be-well.js';
import { RECORD } from './steps.js';
import { moving, otherMoves, type Upgrade } from './upgrade.js';

/** Writes the record, on every control plane that answers: what is on its way, or the version that is through. */
export async function note(upgrade: Upgrade, what: 'begun' | 'through'): Promise<void> {
  const { work, controlPlanes, from } = upgrade;
  const phases = work.run.phases.filter(({ id }) => id === RECORD);
  const written =
    what === 'begun' ? { moves: moving(upgrade), upgradesFrom: from } : { moves: otherMoves(upgrade.work) };
  mustBeWell(await passOver(phases, controlPlanes, work, written), work);
  killPoint(`noted upgrade ${what}`);
}
