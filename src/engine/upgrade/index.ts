import { isControlPlane } from '../../model/spec.js';
import { compareVersions } from '../../model/text/version.js';
import { soakMoveOf, UPGRADE_MOVE } from '../../model/soak.js';
import { DRAIN_SECONDS } from '../drain/node.js';
import { begin } from '../moves/work.js';
import { NOTHING_DONE, type HostsOutcome } from '../run/outcome.js';
import type { HostsRun } from '../run/pass.js';
import type { LiveHost } from '../session/session.js';
import { askBefore } from './before.js';
import { requireFirstTurn, upgradeControlPlanes } from './control-planes.js';
import { clusterWorks, upgradeCluster as upgradeShared } from './cluster.js';
import { deliver, tidyUp } from './deliver.js';
import { goBack } from './go-back.js';
import { inOrder } from './in-order.js';
import { upgradeNodes } from './nodes.js';
import { nodesSeen, type SeenNode } from '../drain/nodes-seen.js';
import { mendKubelets } from './mend-kubelets.js';
import { planUpgrade } from './plan.js';
import { note } from './record.js';
import { requireOwn } from './require-own.js';
import { takeSnapshot } from './snapshot.js';
import { soakCluster } from './soak.js';
import { trySettings } from './trial.js';
import { moved, otherMoves, type Upgrade } from './upgrade.js';
import type { UpgradeOptions, UpgradeWishes } from './wishes.js';
import { worked } from './worked.js';

export type { UpgradeWishes } from './wishes.js';

/**
 * Brings a running cluster to the inventory's version of Kubernetes:
 *
 *     all artifacts on all hosts -> settings tried with the new programs -> a copy of the data -> control planes, one after another -> what runs in the cluster
 *       -> kubelets: control planes one by one, then workers in waves; each drained before and uncordoned after
 *
 * Each step is proved by what is seen on its host, so a run that was cut goes on; the record says that one is on its way. The
 * first failure ends it. A dry run says what it would be.
 */
export async function upgradeCluster(run: HostsRun, options: UpgradeOptions): Promise<HostsOutcome> {
  const stage = options.upgrade?.stage;
  if (stage === 'soak') return soakCluster(run, options);
  if (stage === 'back') return goBack(run, options);
  return upgradeAll(run, options);
}

async function upgradeAll(
  run: HostsRun,
  { drainSeconds = DRAIN_SECONDS, upgrade: wishes = { despiteTrouble: false }, lost, unfit }: UpgradeOptions,
): Promise<HostsOutcome> {
  const to = run.inventory.spec.kubernetesVersion;
  requireOwn(run);
  const move = run.known.moves.find(({ what }) => what === UPGRADE_MOVE);
  // What soaks has begun with nothing that could not be taken back.
  const begun = move !== undefined && soakMoveOf([move]) === undefined;
  const seen = await askBefore(run, { ...wishes, lost, unfit, begun });
  const from = fromOf(run, seen);
  const late = behind(run, seen, to);
  if (from === undefined || (late.length === 0 && isThrough(run, to) && move === undefined)) return NOTHING_DONE;
  // Nothing soaks from here on.
  const moves = [...otherMoves(run), ...(run.dryRun ? [] : [moved(from, to)])];
  const work = await begin({ ...run, moves }, drainSeconds);
  const upgrade: Upgrade = {
    work,
    from,
    to,
    begun,
    despiteTrouble: wishes.despiteTrouble,
    controlPlanes: inOrder(run, to),
    nodes: late,
    seen,
  };
  return worked(upgrade, {
    plan: () => planUpgrade(upgrade),
    act: () => carryOut(upgrade, wishes, [...lost.map(({ spec }) => spec.name), ...unfit.keys()]),
  });
}

/** @param absent hosts of the inventory that do not answer, or are not fit */
async function carryOut(upgrade: Upgrade, { save }: UpgradeWishes, absent: readonly string[]): Promise<void> {
  const { begun } = upgrade;
  if (!begun) await requireFirstTurn(upgrade);
  await deliver(upgrade);
  await trySettings(upgrade);
  if (!begun) {
    if (save !== undefined) await takeSnapshot(upgrade, save);
    await note(upgrade, 'begun');
  }
  const mended = await mendKubelets(upgrade);
  await upgradeControlPlanes(upgrade);
  await upgradeShared(upgrade);
  await upgradeNodes(await withNodes(upgrade, mended));
  if (upgrade.work.failures.size > 0) return;
  await clusterWorks(upgrade);
  const away = absent.filter((name) => name in upgrade.work.run.known.nodes);
  if (away.length === 0) {
    await tidyUp(upgrade);
    return note(upgrade, 'through');
  }
  upgrade.work.run.emit({
    type: 'warning',
    text: `the upgrade is not through: ${away.join(', ')} did not take part. Run kinit upgrade again when that is mended, or taken out of the inventory`,
  });
}

/** A run that was cut may have begun without an API server to ask for nodes; one answers now. @param mended nodes that had their turn meanwhile */
async function withNodes(upgrade: Upgrade, mended: readonly string[]): Promise<Upgrade> {
  if (upgrade.seen.length > 0 && mended.length === 0) return upgrade;
  const { work, to } = upgrade;
  const seen = await nodesSeen(await work.prepared.access.api());
  return { ...upgrade, seen, nodes: behind(work.run, seen, to) };
}

/** The oldest version that anything of it has; undefined: not known. */
function fromOf({ known }: HostsRun, seen: readonly SeenNode[]): string | undefined {
  const move = known.moves.find(({ what }) => what === UPGRADE_MOVE);
  const kubelets = seen.flatMap(({ name, kubelet }) => (kubelet === '' || !(name in known.nodes) ? [] : [kubelet]));
  return move?.from ?? [known.oldest ?? known.running ?? [], kubelets].flat().sort(compareVersions)[0];
}

/** No API server is of an earlier version. */
function isThrough({ known: { running, oldest = running } }: HostsRun, to: string): boolean {
  return oldest === to;
}

/**
 * Hosts of the inventory whose kubelet is of another version, or that a cut run keeps pods off: control planes first, and among those that are alike
 * what is away already, so that it is a place for pods again when the next one is emptied.
 */
export function behind(
  { live, known }: Pick<HostsRun, 'live' | 'known'>,
  seen: readonly SeenNode[],
  to: string,
): readonly string[] {
  const nodeOf = (name: string): SeenNode | undefined => seen.find((node) => node.name === name);
  const late = live.filter(({ spec: { name } }) => {
    const node = nodeOf(name);
    return node === undefined ? name in known.nodes : node.kubelet !== to || node.ours;
  });
  const place = ({ spec }: LiveHost): number => {
    const node = nodeOf(spec.name);
    return (isControlPlane(spec) ? 0 : 2) + (node === undefined || (node.ready && !node.ours) ? 1 : 0);
  };
  return late.sort((a, b) => place(a) - place(b)).map(({ spec }) => spec.name);
}
