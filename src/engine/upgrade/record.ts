import type { SoakStep } from '../../model/soak.js';
import { passOver } from '../moves/work.js';
import { killPoint } from '../change/kill-point.js';
import { mustBeWell } from './must-be-well.js';
import { RECORD } from './steps.js';
import { moved, moving, otherMoves, type Upgrade } from './upgrade.js';

/** Writes the record, on every control plane that answers: what is on its way, or the version that is through. */
export async function note(upgrade: Upgrade, what: 'begun' | 'through' | Step): Promise<void> {
  const { work, controlPlanes, from, to } = upgrade;
  const phases = work.run.phases.filter(({ id }) => id === RECORD);
  const others = otherMoves(work.run);
  const written =
    what === 'begun'
      ? { moves: moving(upgrade), upgradesFrom: from }
      : { moves: what === 'through' ? others : [...others, moved(from, to, what)] };
  mustBeWell(await passOver(phases, controlPlanes, work, written), work);
  killPoint(`noted upgrade ${typeof what === 'string' ? what : what.step}`);
}

/** How far a cluster is that soaks. */
type Step = { readonly step: SoakStep; readonly since?: string };
