import { asKinitError } from '../../model/error.js';
import { isControlPlane } from '../../model/spec.js';
import { compareVersions } from '../../model/text/version.js';
import { UPGRADE_MOVE } from '../guard/index.js';
import { begin } from '../moves/work.js';
import type { HostsOutcome } from '../run/outcome.js';
import type { HostsRun } from '../run/pass.js';
import { controlPlanesOf } from '../session/leader.js';
import type { LostHost } from '../session/session.js';
import { askBefore } from './before.js';
import { upgradeControlPlanes } from './control-planes.js';
import { upgradeCluster as upgradeShared } from './cluster.js';
import { deliver } from './deliver.js';
import { upgradeNodes } from './nodes.js';
import type { SeenNode } from './nodes-seen.js';
import { planUpgrade } from './plan.js';
import { note } from './record.js';
import { takeSnapshot, type SaveSnapshot } from './snapshot.js';
import { moving, type Upgrade } from './upgrade.js';

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
}

/**
 * Brings a running cluster to the inventory's version of Kubernetes:
 *
 *     all artifacts on all hosts -> a copy of the data -> control planes, one after another -> what runs in the cluster
 *       -> kubelets: control planes one by one, then workers in waves; each drained before and uncordoned after
 *
 * Each step is proved by what is seen on its host, so a run that was cut goes on; the record says that one is on its way. The
 * first failure ends it. A dry run says what it would be.
 */
export async function upgradeCluster(
  run: HostsRun,
  { drainSeconds = DRAIN_SECONDS, upgrade: wishes = { despiteTrouble: false }, lost }: UpgradeOptions,
): Promise<HostsOutcome> {
  const to = run.inventory.spec.kubernetesVersion;
  const seen = await askBefore(run, { ...wishes, lost });
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
    controlPlanes: leaders(run),
    nodes: late,
    seen,
  };
  try {
    if (run.dryRun) return await planUpgrade(upgrade);
    await carryOut(upgrade, wishes);
  } catch (thrown) {
    const error = asKinitError(thrown);
    const host = error.context.host ?? upgrade.controlPlanes[0] ?? '';
    if (!work.failures.has(host)) work.failures.set(host, error.at({ host }));
  } finally {
    work.prepared.access.close();
  }
  return { timings: work.timings, failures: work.failures };
}

const NOTHING: HostsOutcome = { timings: [], failures: new Map() };

async function carryOut(upgrade: Upgrade, { save }: UpgradeWishes): Promise<void> {
  const { begun } = upgrade;
  await deliver(upgrade);
  if (!begun) {
    if (save !== undefined) await takeSnapshot(upgrade, save);
    await note(upgrade, moving(upgrade));
  }
  await upgradeControlPlanes(upgrade);
  await upgradeShared(upgrade);
  await upgradeNodes(upgrade);
  if (upgrade.work.failures.size === 0) await note(upgrade, []);
}

/** The oldest version that anything of it has; undefined: not known. */
function fromOf({ known }: HostsRun, seen: readonly SeenNode[]): string | undefined {
  const move = known.moves.find(({ what }) => what === UPGRADE_MOVE);
  const kubelets = seen.flatMap(({ kubelet }) => (kubelet === '' ? [] : [kubelet]));
  return move?.from ?? [known.oldest ?? known.running ?? [], kubelets].flat().sort(compareVersions)[0];
}

/** No API server is of an earlier version. */
function isThrough({ known: { running, oldest = running } }: HostsRun, to: string): boolean {
  return oldest === to;
}

/** Hosts of the inventory whose kubelet is of another version, or that a cut run keeps pods off; control planes first. */
function behind({ live, known }: HostsRun, seen: readonly SeenNode[], to: string): readonly string[] {
  const late = (name: string): boolean => {
    const node = seen.find((each) => each.name === name);
    return node === undefined ? name in known.nodes : node.kubelet !== to || node.ours;
  };
  const names = live.map(({ spec }) => spec).filter(({ name }) => late(name));
  return [...names.filter(isControlPlane), ...names.filter((spec) => !isControlPlane(spec))].map(({ name }) => name);
}

function leaders({ live }: HostsRun): readonly string[] {
  return controlPlanesOf(live).map(({ spec }) => spec.name);
}
