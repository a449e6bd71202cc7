import { uncordonOurs } from '../../cluster/node/cordon.js';
import { servedBy, waitForChangedNode } from '../../cluster/waits/changed-node.js';
import { asKinitError } from '../../model/error.js';
import type { Phase } from '../../model/phase.js';
import { isControlPlane } from '../../model/spec.js';
import { killPoint } from '../change/kill-point.js';
import { drainNode, tellCordon } from '../drain/node.js';
import { passOver, step } from '../moves/work.js';
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
  const left = new Map<string, Left>();
  await each(wave, upgrade, async (name) => {
    left.set(name, await drain(name, wave, upgrade));
    killPoint(`drained ${name}`);
  });
  if (left.size === 0) return;
  await change([...left.keys()], upgrade);
  const there = [...left.keys()].filter((name) => !work.failures.has(name));
  await each(there, upgrade, async (name) => {
    await back(name, upgrade, left.get(name)?.served);
    killPoint(`uncordoned ${name}`);
  });
  for (const [host, { drained }] of left) {
    const warn = (text: string): void => work.run.emit({ type: 'warning', host, text });
    if (work.failures.has(host)) await tellCordon(work.prepared.access.api, host, { drained, warn });
  }
}

/** A node on which nothing was changed yet. */
interface Left {
  /** The DaemonSets that served it before. */
  readonly served: ReadonlySet<string>;
  readonly drained: boolean;
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

/** @param wave the nodes that leave their pods at the same time */
async function drain(node: string, wave: readonly string[], { work }: Upgrade): Promise<Left> {
  let left: Left = { served: new Set(), drained: false };
  await step(DRAIN, node, work, async ({ api, progress, signal }) => {
    const cluster = await api();
    const served = await servedBy(cluster, node);
    const warn = (text: string): void => work.run.emit({ type: 'warning', host: node, text });
    const { drainSeconds: timeoutSeconds } = work;
    const options = { why: 'upgrade', busy: wave, warn, timeoutSeconds, progress, signal } as const;
    left = { served, drained: await drainNode(cluster, node, options) };
    return left.drained ? 1 : 0;
  });
  return left;
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
