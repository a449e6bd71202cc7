import { images } from '../../phases/host/images.js';
import { staged } from '../../phases/host/binaries.js';
import { passOver } from '../moves/work.js';
import { killPoint } from '../change/kill-point.js';
import type { Upgrade } from './upgrade.js';
import { mustBeWell } from './must-be-well.js';

/**
 * All images and programs on all hosts that are not through: what may fail for want of room, of a line or of a registry comes
 * before the first change.
 */
export async function deliver({ work, nodes, controlPlanes, from, seen, to }: Upgrade): Promise<void> {
  const upgradesFrom = from;
  const old = nodes.filter((name) => seen.find((node) => node.name === name)?.kubelet !== to);
  mustBeWell(await passOver([staged], old, work, { upgradesFrom }), work);
  mustBeWell(await passOver([images], [...new Set([...controlPlanes, ...nodes])], work, { upgradesFrom }), work);
  killPoint('delivered');
}
