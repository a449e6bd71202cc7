import { KinitError } from '../../model/error.js';
import { SOAK_STEPS, soakMoveOf, type SoakStep } from '../../model/soak.js';
import { isControlPlane } from '../../model/spec.js';
import { DRAIN_SECONDS } from '../drain/node.js';
import { begin } from '../moves/work.js';
import type { HostsOutcome } from '../run/outcome.js';
import type { HostsRun } from '../run/pass.js';
import { ofVersion } from '../soaking.js';
import { askBefore } from './before.js';
import { requireFirstTurn, upgradeControlPlanes } from './control-planes.js';
import { clusterWorks } from './cluster.js';
import { bringImages, tidyUp } from './deliver.js';
import { inOrder } from './in-order.js';
import { planStage } from './plan-stage.js';
import { note } from './record.js';
import { requireOwn } from './require-own.js';
import { takeSnapshot } from './snapshot.js';
import { tryAhead } from './try-ahead.js';
import { moved, otherMoves, type Upgrade } from './upgrade.js';
import type { UpgradeOptions, UpgradeWishes } from './wishes.js';
import { worked } from './worked.js';

/**
 * Lets a cluster soak: API server, controller manager and scheduler of the inventory's version, which behave as those of the minor version
 * before. All else keeps its version: kubelets, for none may be newer than an API server that it may reach on the way back; kube-proxy likewise;
 * the datastore, for not every version of it goes back; DNS and the pod network, for nothing is gained by them.
 *
 *     images on all control planes -> flags tried -> a copy of the data -> control planes, one after another
 *
 * Until the record says that it soaks, init and the others refuse; from then on they keep it as it is.
 */
export async function soakCluster(
  run: HostsRun,
  { drainSeconds = DRAIN_SECONDS, upgrade: wishes = { despiteTrouble: false }, lost, unfit }: UpgradeOptions,
): Promise<HostsOutcome> {
  const to = run.inventory.spec.kubernetesVersion;
  requireOwn(run);
  const before = soakMoveOf(run.known.moves);
  const from = before?.from ?? run.known.oldest ?? run.known.running;
  if (from === undefined)
    throw new KinitError('no control plane says which version of Kubernetes it runs; nothing was changed', {
      class: 'refused',
      hint: 'Run kinit init first, with the version that the cluster has.',
    });
  const soaks = before?.step === SOAK_STEPS.there;
  if (soaks && run.known.oldest === to) return { timings: [], failures: new Map(), goesOnWith: from };
  const begun = before !== undefined;
  const seen = await askBefore(run, { ...wishes, lost, unfit, begun });
  const since = soaks ? before.since : undefined;
  const step = soaks ? SOAK_STEPS.there : SOAK_STEPS.coming;
  const move = moved(from, to, { step, ...(since === undefined ? {} : { since }) });
  const work = await begin(
    { ...run, inventory: ofVersion(run.inventory, from), moves: [...otherMoves(run), move] },
    drainSeconds,
  );
  const upgrade: Upgrade = {
    ...{ work, from, to, begun, seen },
    stage: 'soak',
    despiteTrouble: wishes.despiteTrouble,
    controlPlanes: inOrder(run, to),
    nodes: [],
  };
  const absent = [...lost.map(({ spec }) => spec.name), ...unfit.keys()];
  const outcome = await worked(upgrade, {
    plan: () => planStage(upgrade, [...otherMoves(run), soaks ? move : moved(from, to, there())]),
    act: () => carryOut(upgrade, wishes, { soaks, absent }),
  });
  return { ...outcome, goesOnWith: from };
}

/** From now on. */
function there(): { readonly step: SoakStep; readonly since: string } {
  return { step: SOAK_STEPS.there, since: new Date().toISOString().replace(/\.\d+/, '') };
}

interface Way {
  /** The record says that it does. */
  readonly soaks: boolean;
  /** Hosts of the inventory that do not answer, or are not fit. */
  readonly absent: readonly string[];
}

async function carryOut(upgrade: Upgrade, { save }: UpgradeWishes, { soaks, absent }: Way): Promise<void> {
  const { work, begun } = upgrade;
  if (!begun) await requireFirstTurn(upgrade);
  await bringImages(upgrade);
  await tryAhead(upgrade);
  if (!begun && save !== undefined) await takeSnapshot(upgrade, save);
  if (!soaks) await note(upgrade, { step: SOAK_STEPS.coming });
  await upgradeControlPlanes(upgrade);
  await clusterWorks(upgrade);
  await tidyUp(upgrade);
  const { known, inventory, emit } = work.run;
  const servers = inventory.spec.hosts.filter(isControlPlane).map(({ name }) => name);
  const away = absent.filter((name) => name in known.nodes && servers.includes(name));
  if (away.length > 0)
    emit({
      type: 'warning',
      text: `the cluster does not soak yet: ${away.join(', ')} did not take part. Run kinit upgrade --soak again when that is mended, or taken out of the inventory`,
    });
  else if (!soaks) await note(upgrade, there());
}
