import type { RecordedMove } from '../../model/record.js';
import { passOver } from '../moves/work.js';
import { killPoint } from '../change/kill-point.js';
import type { Upgrade } from './upgrade.js';
import { mustBeWell } from './must-be-well.js';
import { RECORD } from './steps.js';

/** Writes the record, on every control plane that answers: what is on its way, and the version that is through. */
export async function note(upgrade: Upgrade, moves: readonly RecordedMove[]): Promise<void> {
  const { work, controlPlanes, from } = upgrade;
  const phases = work.run.phases.filter(({ id }) => id === RECORD || (moves.length === 0 && id === 'ready'));
  const ill = await passOver(phases, controlPlanes, work, {
    moves,
    ...(moves.length === 0 ? {} : { upgradesFrom: from }),
  });
  mustBeWell(ill, work);
  killPoint(`noted upgrade ${String(moves.length)}`);
}
