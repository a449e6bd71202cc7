import { uncordonOurs } from '../../cluster/node/cordon.js';
import { servedBy, waitForChangedNode } from '../../cluster/waits/changed-node.js';
import type { RecordedMove } from '../../model/record.js';
import { isControlPlane } from '../../model/spec.js';
import { runtimeOf, waitForCri } from '../../runtime/index.js';
import { killPoint } from '../change/kill-point.js';
import { drainNode, tellCordon } from '../drain/node.js';
import { RUNTIME_MOVE, type RuntimeChange } from '../guard/index.js';
import { factsOf } from '../session/facts.js';
import { takeAway, whatGoes } from './take-away.js';
import { contextOf, hostOf, pass, step, type Work } from '../moves/work.js';

/** Phases about the cluster as a whole: they run when the node takes pods again. */
const AT_THE_END = ['ready'];
const RECORD = 'record';

export const DRAIN = { id: 'drain', title: 'Cordon and drain the node' };
export const TAKE_AWAY = { id: 'undo', title: 'Take the other runtime away' };
export const UNCORDON = { id: 'uncordon', title: 'Node back with the new runtime, uncordoned' };

/**
 * One node, from another runtime to the inventory's:
 *
 *     drain -> take away -> bring in (the phases of init) -> uncordon
 *
 * The record says before the first two that they come. So a run that was cut while it drained drains again, and what has left
 * has left; one that was cut later finds an empty node, which may be the one that the API ran on. A node that does not get empty
 * takes pods again; one whose change failed keeps its cordon.
 */
export async function changeNode(change: RuntimeChange, work: Work): Promise<void> {
  const { node } = change;
  const emptied = change.begun?.step === 'change';
  const changing = moveOf(change, 'change', work);
  const left = emptied ? AS_IT_IS : await drain(change, work);
  const warn = (text: string): void => work.run.emit({ type: 'warning', host: node, text });
  try {
    if (!emptied) await note(node, work, [changing]);
    killPoint(`drained ${node}`);
    await removeOther(change, work);
    killPoint(`taken away ${node}`);
    await bringIn(node, work, changing);
    killPoint(`brought in ${node}`);
    await uncordon(node, work, left.served);
  } catch (thrown) {
    await tellCordon(work.prepared.access.api, node, { drained: left.drained, warn });
    throw thrown;
  }
  killPoint(`uncordoned ${node}`);
  await pass(
    work.run.phases.filter(({ id }) => [RECORD, ...AT_THE_END].includes(id)),
    node,
    work,
    [],
  );
}

interface Left {
  /** The DaemonSets that served the node before. */
  readonly served: ReadonlySet<string>;
  readonly drained: boolean;
}

const AS_IT_IS: Left = { served: new Set(), drained: false };

async function drain(change: RuntimeChange, work: Work): Promise<Left> {
  const { node } = change;
  await note(node, work, [moveOf(change, 'drain', work)]);
  killPoint(`noted ${node}`);
  let left = AS_IT_IS;
  await step(DRAIN, node, work, async ({ api, progress, signal }) => {
    const cluster = await api();
    const served = await servedBy(cluster, node);
    const warn = (text: string): void => work.run.emit({ type: 'warning', host: node, text });
    const { drainSeconds: timeoutSeconds } = work;
    const options = { why: 'runtime', warn, timeoutSeconds, progress, signal } as const;
    left = { served, drained: await drainNode(cluster, node, options) };
    return left.drained ? 1 : 0;
  });
  return left;
}

/** From here on the node does nothing, until it has the new runtime. Nothing of another one is left where a run was cut later. */
function removeOther(change: RuntimeChange, work: Work): Promise<void> {
  const { node } = change;
  const { emit, phases, inventory } = work.run;
  return step(TAKE_AWAY, node, work, async () => {
    const host = hostOf(node, work);
    const recorded = await whatGoes(host, contextOf(node, work), phases);
    if (recorded.retired.length === 0) return 0;
    if (isOnlyControlPlane(node, work)) emit({ type: 'warning', host: node, text: AWAY });
    if (work.prepared.shared.leader.spec.name === node) work.open = false;
    return takeAway(host, change, runtimeOf(inventory.spec), recorded, emit);
  });
}

const AWAY =
  'the only control plane: until it is back no API server answers, and pods on other nodes go on as they are';

function isOnlyControlPlane(node: string, { run: { inventory } }: Work): boolean {
  const controlPlanes = inventory.spec.hosts.filter(isControlPlane);
  return controlPlanes.length === 1 && controlPlanes[0]?.name === node;
}

/** The host gets what init would give it; the kubelet is started by the phases that start it. */
async function bringIn(node: string, work: Work, changing: RecordedMove): Promise<void> {
  const { run } = work;
  const facts = await factsOf(hostOf(node, work).connection, run.inventory.spec);
  work.live = work.live.map((host) => (host.spec.name === node ? { ...host, facts } : host));
  await pass(
    run.phases.filter(({ id }) => !AT_THE_END.includes(id)),
    node,
    work,
    [changing],
  );
  work.open = true;
  work.prepared.access.markOpen();
}

async function uncordon(node: string, work: Work, served: ReadonlySet<string>): Promise<void> {
  await step(UNCORDON, node, work, async (tools) => {
    const runtime = await waitForCri(runtimeOf(work.run.inventory.spec), tools);
    // NAME://VERSION (k8s.io/kubernetes/pkg/kubelet/nodestatus: VersionInfo), which writes versions in its own way.
    const isNew = (version: string): boolean => version.startsWith(`${runtime}://`);
    await waitForChangedNode(
      tools.api,
      { node, told: 'containerRuntimeVersion', isNew, news: `runs with ${runtime}`, before: served },
      tools,
    );
    if (await uncordonOurs(await tools.api(), node)) return 1;
    tools.progress(`${node} was cordoned before, and stays so`);
    return 0;
  });
}

/** Writes the record alone. */
function note(node: string, work: Work, moves: readonly RecordedMove[]): Promise<void> {
  return pass(
    work.run.phases.filter(({ id }) => id === RECORD),
    node,
    work,
    moves,
  );
}

function moveOf({ node, from }: RuntimeChange, at: 'drain' | 'change', { run }: Work): RecordedMove {
  return { what: RUNTIME_MOVE, node, from, to: runtimeOf(run.inventory.spec).id, step: at };
}
