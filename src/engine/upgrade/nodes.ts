import { uncordonOurs } from '../../cluster/node/cordon.js';
import { drainGently } from '../../cluster/node/drain-gently.js';
import { servedBy, waitForChangedNode } from '../../cluster/waits/changed-node.js';
import { asKinitError } from '../../model/error.js';
import type { Phase } from '../../model/phase.js';
import { isControlPlane } from '../../model/spec.js';
import { killPoint } from '../change/kill-point.js';
import { passOver, step } from '../moves/work.js';
import { nodesSeen, notDrained } from './nodes-seen.js';
import { moving, notReached, type Upgrade } from './upgrade.js';
import { AT_THE_END, DRAIN, RECORD, UNCORDON } from './steps.js';
import { wavesOf } from './waves.js';

/**
 * Kubelets, and all else that init would change on a node, while it is empty: control planes one by one, then workers in waves.
 * The first wave in which a node fails is the last.
 */
export async function upgradeNodes(upgrade: Upgrade): Promise<void> {
  const { work, nodes } = upgrade;
  const roles = work.run.inventory.spec.hosts;
  const isOne = (name: string): boolean => roles.some((host) => host.name === name && isControlPlane(host));
  const waves = wavesOf(nodes, isOne);
  for (const [index, wave] of waves.entries()) {
    await upgradeWave(wave, upgrade);
    const [failed] = work.failures.keys();
    if (failed === undefined) continue;
    for (const later of waves.slice(index + 1).flat()) work.failures.set(later, notReached(later, failed, upgrade));
    return;
  }
}

async function upgradeWave(wave: readonly string[], upgrade: Upgrade): Promise<void> {
  const { work } = upgrade;
  const served = new Map<string, ReadonlySet<string>>();
  await each(wave, upgrade, async (name) => {
    served.set(name, await drain(name, wave, upgrade));
    killPoint(`drained ${name}`);
  });
  const drained = wave.filter((name) => !work.failures.has(name));
  if (drained.length === 0) return;
  await change(drained, upgrade);
  const there = drained.filter((name) => !work.failures.has(name));
  await each(there, upgrade, async (name) => {
    await back(name, upgrade, served.get(name));
    killPoint(`uncordoned ${name}`);
  });
}

/** The kubelet, and all else that init would change. Nothing of it is done on hosts that are not named. */
export function change(names: readonly string[], upgrade: Upgrade): Promise<readonly string[]> {
  const { work } = upgrade;
  const phases = work.run.phases
    .filter(({ id }) => id !== RECORD && !AT_THE_END.includes(id))
    .map((phase) => ({ ...sideBySide(phase), alsoOnOthers: false }));
  return passOver(phases, names, work, { moves: moving(upgrade) });
}

/** Its waves are those of the upgrade. */
function sideBySide({ order, ...phase }: Phase): Phase {
  return order === undefined || order.of === 'changed-nodes' ? phase : { ...phase, order };
}

/** Side by side; what one of them fails with is kept. */
async function each(names: readonly string[], { work }: Upgrade, act: (name: string) => Promise<void>): Promise<void> {
  await Promise.all(
    names.map((name) =>
      act(name).catch((thrown: unknown) => {
        if (!work.failures.has(name)) work.failures.set(name, asKinitError(thrown).at({ host: name }));
      }),
    ),
  );
}

/**
 * Gives the DaemonSets that served the node before, also where it is not drained: that is looked at now, for nodes have had their turns since the
 * run began.
 * @param wave the nodes that leave their pods at the same time
 */
async function drain(node: string, wave: readonly string[], { work }: Upgrade): Promise<ReadonlySet<string>> {
  let served: ReadonlySet<string> = new Set();
  await step(DRAIN, node, work, async ({ api, progress, signal }) => {
    const cluster = await api();
    served = await servedBy(cluster, node);
    const text = notDrained(node, await nodesSeen(cluster), wave);
    if (text !== undefined) {
      work.run.emit({ type: 'warning', host: node, text });
      return 0;
    }
    const { drainSeconds: timeoutSeconds } = work;
    await drainGently(cluster, node, { why: 'upgrade', goesBack: true, timeoutSeconds, progress, signal });
    return 1;
  });
  return served;
}

/** Waits for a node that was changed, and lets pods onto it again. @param before DaemonSets that served it */
export async function back(
  node: string,
  { work, to }: Upgrade,
  before: ReadonlySet<string> = new Set(),
): Promise<void> {
  await step(UNCORDON, node, work, async (tools) => {
    const news = `is of version ${to}`;
    const isNew = (version: string): boolean => version === `v${to}`;
    await waitForChangedNode(tools.api, { node, told: 'kubeletVersion', isNew, news, before }, tools);
    return (await uncordonOurs(await tools.api(), node)) ? 1 : 0;
  });
}
