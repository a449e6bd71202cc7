import { asKinitError, KinitError } from '../../model/error.js';
import { controlPlaneOn } from '../../control-plane/index.js';
import { isMember } from '../../model/facts.js';
import { isControlPlane } from '../../model/spec.js';
import { compareVersions } from '../../model/text/version.js';
import { UPGRADE_MOVE } from '../guard/index.js';
import { begin } from '../moves/work.js';
import type { HostsOutcome } from '../run/outcome.js';
import type { HostsRun } from '../run/pass.js';
import { apiListens, controlPlanesOf } from '../session/leader.js';
import type { LiveHost, LostHost } from '../session/session.js';
import { askBefore } from './before.js';
import { upgradeControlPlanes } from './control-planes.js';
import { clusterWorks, upgradeCluster as upgradeShared } from './cluster.js';
import { deliver, tidyUp } from './deliver.js';
import { upgradeNodes } from './nodes.js';
import { nodesSeen, type SeenNode } from './nodes-seen.js';
import { mendKubelets } from './mend-kubelets.js';
import { planUpgrade } from './plan.js';
import { note } from './record.js';
import { takeSnapshot, type SaveSnapshot } from './snapshot.js';
import { trySettings } from './trial.js';
import type { Upgrade } from './upgrade.js';

/** As long as a pod may take to be made anew elsewhere, and more: five minutes. */
const DRAIN_SECONDS = 300;

/** What a person says of an upgrade. */
export interface UpgradeWishes {
  /** Go on although the cluster is not well. */
  readonly despiteTrouble: boolean;
  /** Keeps the copy of the data on this machine; absent: none is taken. */
  readonly save?: SaveSnapshot;
}

interface UpgradeOptions {
  readonly drainSeconds?: number;
  readonly upgrade?: UpgradeWishes;
  readonly lost: readonly LostHost[];
  /** Hosts that failed preflight, with what each failed with. */
  readonly unfit: ReadonlyMap<string, unknown>;
}

/**
 * Brings a running cluster to the inventory's version of Kubernetes:
 *
 *     all artifacts on all hosts -> settings tried with the new programs -> a copy of the data -> control planes, one after another -> what runs in the cluster
 *       -> kubelets: control planes one by one, then workers in waves; each drained before and uncordoned after
 *
 * Each step is proved by what is seen on its host, so a run that was cut goes on; the record says that one is on its way. The
 * first failure ends it. A dry run says what it would be.
 */
export async function upgradeCluster(
  run: HostsRun,
  { drainSeconds = DRAIN_SECONDS, upgrade: wishes = { despiteTrouble: false }, lost, unfit }: UpgradeOptions,
): Promise<HostsOutcome> {
  const to = run.inventory.spec.kubernetesVersion;
  requireOwn(run);
  const seen = await askBefore(run, { ...wishes, lost, unfit });
  const from = fromOf(run, seen);
  const move = run.known.moves.find(({ what }) => what === UPGRADE_MOVE);
  const late = behind(run, seen, to);
  if (from === undefined || (late.length === 0 && isThrough(run, to) && move === undefined)) return NOTHING;
  const work = await begin(run, drainSeconds);
  const upgrade: Upgrade = {
    work,
    from,
    to,
    begun: move !== undefined,
    despiteTrouble: wishes.despiteTrouble,
    controlPlanes: inOrder(run, to),
    nodes: late,
    seen,
  };
  try {
    if (run.dryRun) return await planUpgrade(upgrade);
    await carryOut(upgrade, wishes, [...lost.map(({ spec }) => spec.name), ...unfit.keys()]);
  } catch (thrown) {
    const error = asKinitError(thrown);
    const host = error.context.host ?? upgrade.controlPlanes[0] ?? '';
    if (!work.failures.has(host)) work.failures.set(host, error.at({ host }));
  } finally {
    work.prepared.access.close();
  }
  return { timings: work.timings, failures: work.failures };
}

/** A cluster that was only taken over has not all that an upgrade builds upon: the tools for a copy of its data, its keys on every host. */
export function requireOwn({
  known: { open, kinit },
  inventory: { spec },
}: Pick<HostsRun, 'known' | 'inventory'>): void {
  if (!open || kinit !== undefined) return;
  throw new KinitError('the cluster has no record of kinit: it was taken over, or the record is gone', {
    class: 'refused',
    hint: `Run kinit init first, with the version that the cluster has (kubernetesVersion in the inventory); then kinit upgrade to ${spec.kubernetesVersion}.`,
  });
}

const NOTHING: HostsOutcome = { timings: [], failures: new Map() };

/** @param absent hosts of the inventory that do not answer, or are not fit */
async function carryOut(upgrade: Upgrade, { save }: UpgradeWishes, absent: readonly string[]): Promise<void> {
  const { begun } = upgrade;
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

/**
 * Control planes in the order in which they are changed: what an earlier run has begun with is brought to its end before the next is touched;
 * then one that does not run, because nothing is lost by it.
 */
export function inOrder({ live }: Pick<HostsRun, 'live'>, to: string): readonly string[] {
  const members = controlPlanesOf(live.filter(({ facts }) => isMember(facts)));
  const place = (host: LiveHost): number =>
    controlPlaneOn(host.facts.kubernetes.manifests)?.version === to ? 0 : apiListens(host) ? 2 : 1;
  return [...members].sort((a, b) => place(a) - place(b)).map(({ spec }) => spec.name);
}
