import { SOAK_STEPS, soakMoveOf } from '../../model/soak.js';
import { DRAIN_SECONDS } from '../drain/node.js';
import { begin } from '../moves/work.js';
import { NOTHING_DONE, type HostsOutcome } from '../run/outcome.js';
import type { HostsRun } from '../run/pass.js';
import { ofVersion } from '../soaking.js';
import { upgradeControlPlanes } from './control-planes.js';
import { clusterWorks } from './cluster.js';
import { agentsTogether, bringBefore, tidyUp } from './deliver.js';
import { inOrderBack } from './in-order.js';
import { planStage } from './plan-stage.js';
import { note } from './record.js';
import { moved, otherMoves, type Upgrade } from './upgrade.js';
import type { UpgradeOptions } from './wishes.js';
import { worked } from './worked.js';

/**
 * Ends a soak with the version of before, also one that has not come to its end: the control planes get their programs again, one after another.
 * Nothing else has moved meanwhile, and what is stored is as these programs wrote it. A way out of trouble: the cluster need not be well.
 */
export async function goBack(
  run: HostsRun,
  {
    drainSeconds = DRAIN_SECONDS,
    upgrade: { despiteTrouble } = { despiteTrouble: false },
    lost,
    unfit,
  }: UpgradeOptions,
): Promise<HostsOutcome> {
  const soak = soakMoveOf(run.known.moves);
  // The guard has refused what does not soak.
  if (soak === undefined) return NOTHING_DONE;
  const { from, to } = soak;
  const leaving = { step: SOAK_STEPS.leaving };
  const work = await begin(
    { ...run, inventory: ofVersion(run.inventory, from), moves: [...otherMoves(run), moved(from, to, leaving)] },
    drainSeconds,
  );
  const upgrade: Upgrade = {
    ...{ work, from, to, despiteTrouble, begun: true, seen: [], nodes: [] },
    stage: 'back',
    controlPlanes: inOrderBack(run, from),
  };
  const absent = [...lost.map(({ spec }) => spec.name), ...unfit.keys()];
  const outcome = await worked(upgrade, {
    plan: () => planStage(upgrade, otherMoves(run)),
    act: () => carryOut(upgrade, absent),
  });
  return { ...outcome, goesOnWith: from };
}

/** @param absent hosts of the inventory that do not answer, or are not fit */
async function carryOut(upgrade: Upgrade, absent: readonly string[]): Promise<void> {
  const { work } = upgrade;
  const { known, emit } = work.run;
  await bringBefore(upgrade);
  // The only API server may be the one that does not start: the record of before leads to this command as well.
  if (work.open) await note(upgrade, { step: SOAK_STEPS.leaving });
  await upgradeControlPlanes(upgrade);
  await agentsTogether(upgrade);
  await clusterWorks(upgrade);
  await tidyUp(upgrade);
  const away = absent.filter((name) => known.nodes[name]?.controlPlane === true);
  if (away.length === 0) await note(upgrade, 'through');
  else
    emit({
      type: 'warning',
      text: `the cluster is not back yet: ${away.join(', ')} did not take part. Run kinit upgrade --back again when that is mended, or taken out of the inventory`,
    });
}
