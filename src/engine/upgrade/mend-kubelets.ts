import { kubeletStaysUp } from '../../cluster/waits/kubelet.js';
import { killPoint } from '../change/kill-point.js';
import { hostOf } from '../moves/work.js';
import { mustBeWell } from './must-be-well.js';
import { back, change } from './nodes.js';
import { requireOthers } from './others.js';
import type { Upgrade } from './upgrade.js';

/**
 * Control planes that an earlier run left in the middle of their kubelet's turn, with one that does not stay up (it was drained before,
 * or could not be): what comes before that turn waits for the kubelet of each control plane in vain, so theirs comes first. Only where no API
 * server is of the earlier version: then every kubelet may be of the later one. Gives those that are through.
 */
export async function mendKubelets(upgrade: Upgrade): Promise<readonly string[]> {
  const { work, begun, controlPlanes, nodes, to } = upgrade;
  const { known, emit, signal } = work.run;
  if (!begun || known.oldest !== to) return [];
  const mended: string[] = [];
  for (const host of controlPlanes.filter((name) => nodes.includes(name))) {
    if (await kubeletStaysUp(hostOf(host, work).connection, signal)) continue;
    emit({ type: 'warning', host, text: 'its kubelet does not stay up: its turn comes first, and it is not drained' });
    await requireOthers(host, upgrade);
    mustBeWell(await change([host], upgrade), work);
    work.prepared.access.markOpen();
    work.open = true;
    await back(host, upgrade);
    mended.push(host);
    killPoint(`mended kubelet ${host}`);
  }
  return mended;
}
