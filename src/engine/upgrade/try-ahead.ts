import { controlPlaneOf } from '../../control-plane/index.js';
import { stagedAhead } from '../../phases/host/binaries.js';
import { stagedPath } from '../../resources/index.js';
import { killPoint } from '../change/kill-point.js';
import { contextOf, passOver, step } from '../moves/work.js';
import { mustBeWell } from './must-be-well.js';
import { TRIAL } from './steps.js';
import { tryOn } from '../trial/try-on.js';
import { notTaken } from './trial.js';
import type { Upgrade } from './upgrade.js';

/** In a line that each of them writes when it is told to behave as an earlier version, whatever else it is told. */
const OF_ANY = 'SetEmulationVersionAndMinCompatibilityVersion';

/**
 * Flags and feature gates of the inventory, shown to the later version's programs as they will run: as the version before. A gate that only the later
 * one knows, or that it has lost, would end it on the first control plane.
 * @throws KinitError refused
 */
export async function tryAhead(upgrade: Upgrade): Promise<void> {
  const { work, controlPlanes, to } = upgrade;
  const [host] = controlPlanes;
  if (host === undefined) return;
  const context = contextOf(host, work);
  const { spec, artifacts } = context;
  const { soak, unit } = controlPlaneOf(spec);
  const program = artifacts.ahead?.binaries.find(({ name }) => name === soak.program);
  // What is then installed comes to all of them before the first is changed.
  mustBeWell(await passOver([stagedAhead], unit === undefined ? [host] : controlPlanes, work, {}), work);
  await step(TRIAL, host, work, async ({ host: connection }) => {
    const trials = controlPlaneOf(spec)
      .trials(context)
      .filter((trial) => soak.asked?.includes(trial.program) !== false);
    const { refusals, notes, unasked } = await tryOn(connection, trials, {
      spec: { ...spec, kubernetesVersion: to },
      pathOf: () => (program === undefined ? undefined : stagedPath(program)),
    });
    for (const text of [...notes.filter((note) => !note.includes(OF_ANY)), ...unasked])
      work.run.emit({ type: 'warning', host, text });
    if (refusals.length > 0) throw notTaken(refusals, upgrade);
    return 0;
  });
  killPoint('flags tried');
}
