import { images } from '../../phases/host/images.js';
import { binaries, staged, unstaged } from '../../phases/host/binaries.js';
import { passOver } from '../moves/work.js';
import { killPoint } from '../change/kill-point.js';
import { notThrough, type Upgrade } from './upgrade.js';
import { mustBeWell } from './must-be-well.js';
import { programsOf } from './steps.js';

/**
 * All images and programs on all hosts that are not through: what may fail for want of room, of a line or of a registry comes
 * before the first change.
 */
export async function deliver(upgrade: Upgrade): Promise<void> {
  const { work, nodes, controlPlanes, from } = upgrade;
  const upgradesFrom = from;
  mustBeWell(await passOver([staged], notThrough(upgrade), work, { upgradesFrom }), work);
  mustBeWell(await passOver([images], [...new Set([...controlPlanes, ...nodes])], work, { upgradesFrom }), work);
  killPoint('delivered');
}

/** Images of all control planes, where no node gets anything. */
export async function bringImages({ work, controlPlanes }: Upgrade): Promise<void> {
  mustBeWell(await passOver([images], controlPlanes, work, {}), work);
  killPoint('images delivered');
}

/** The same on the way back, with the programs of before, where a control plane runs from one. */
export async function bringBefore(upgrade: Upgrade): Promise<void> {
  const { work, controlPlanes } = upgrade;
  if (runsFromProgram(work)) mustBeWell(await passOver([staged], controlPlanes, work, {}), work);
  await bringImages(upgrade);
}

/** Where the server is of the agent's version again, the two are one program. */
export async function agentsTogether({ work, controlPlanes }: Upgrade): Promise<void> {
  if (runsFromProgram(work)) mustBeWell(await passOver([binaries], controlPlanes, work, {}), work);
  killPoint('agents together');
}

function runsFromProgram({ run }: Upgrade['work']): boolean {
  return programsOf(run.inventory.spec).length > 0;
}

/** What lies beside the programs in use on any host, of this run or of one that was cut, when all of it is installed. */
export async function tidyUp({ work }: Upgrade): Promise<void> {
  const all = work.live.map(({ spec }) => spec.name);
  mustBeWell(await passOver([unstaged], all, work, {}), work);
  killPoint('tidied up');
}
