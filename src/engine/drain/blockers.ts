import { count, field, list, record, text } from '../../cluster/api/json.js';
import { controllerOf, isStatic, nameOf } from '../../cluster/node/evict.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { localVolumes } from './local-volumes.js';

/** What may hold a drain up, or is lost or stays behind in one. */
export interface Blocker {
  /** What it is, without the names. */
  readonly what: string;
  /** 'namespace/name', all of them. */
  readonly names: readonly string[];
}

/** What becomes of pods: a drain of nodes that stay leaves some where they are, and waits for budgets; of those that leave, all have to go. */
export type Drained = 'stay' | 'leave';

/**
 * What may hold drains up, or is lost or stays behind in them.
 * @param nodes that are drained; absent: any
 */
export async function blockers(
  api: ClusterApi,
  drained: Drained,
  nodes?: readonly string[],
): Promise<readonly Blocker[]> {
  const [pods, budgets] = await Promise.all([api.list('v1', 'Pod'), api.list('policy/v1', 'PodDisruptionBudget')]);
  const mine = pods.filter((pod) => isOfPeople(pod) && (nodes?.includes(text(pod, 'spec', 'nodeName') ?? '') ?? true));
  const moving = mine.filter((pod) => controllerOf(pod) !== undefined);
  const alone = mine.filter((pod) => controllerOf(pod) === undefined);
  const tight = budgets.filter(
    (budget) =>
      count(budget, 'status', 'expectedPods') > 0 &&
      count(budget, 'status', 'disruptionsAllowed') < 1 &&
      (nodes === undefined || mine.some((pod) => selects(budget, pod))),
  );
  const local = await localVolumes(api, drained === 'leave' ? mine : moving);
  const words = WORDS[drained];
  return [
    { what: words.budgets, names: tight.map(nameOf) },
    { what: words.alone, names: alone.map(nameOf) },
    { what: 'pods with data on their node (emptyDir) lose it when they leave', names: local.scratch },
    { what: words.bound, names: local.bound },
    { what: words.hostPath, names: local.hostPath },
  ].filter(({ names }) => names.length > 0);
}

const WORDS = {
  stay: {
    budgets: 'budgets that let no pod go now, and so hold drains up',
    alone: 'pods that nobody makes anew stay on their nodes, and are ended for a moment',
    bound: 'pods with a volume that is on their node alone (local) are Pending from their drain until it is back',
    hostPath: 'pods with folders of their node (hostPath) find there what the node has that they go to',
  },
  leave: {
    budgets:
      'budgets that let no pod go now: what they hold is deleted all the same when the time for the drain is over',
    alone: 'pods that nobody makes anew are gone with their node',
    bound:
      'pods with a volume that is on their node alone (local) stay Pending from then on, and its data goes out of reach',
    hostPath:
      'pods with folders of their node (hostPath) find there what the node has that they go to; what they wrote stays behind',
  },
} as const;

/** Not static, not finished, not of a DaemonSet: what a drain is about. */
function isOfPeople(pod: KubeObject): boolean {
  const finished = ['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase') ?? '');
  return !isStatic(pod) && !finished && text(controllerOf(pod), 'kind') !== 'DaemonSet';
}

/** As metav1.LabelSelectorAsSelector has it; a budget without a selector is about no pod. */
function selects(budget: KubeObject, pod: KubeObject): boolean {
  if (budget.metadata.namespace !== pod.metadata.namespace) return false;
  if (field(budget, 'spec', 'selector') === undefined) return false;
  const labels = pod.metadata.labels ?? {};
  const wanted = Object.entries(record(budget, 'spec', 'selector', 'matchLabels'));
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    list(budget, 'spec', 'selector', 'matchExpressions').every((each) => fits(each, labels))
  );
}

function fits(expression: unknown, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[text(expression, 'key') ?? ''];
  const isOne = value !== undefined && list(expression, 'values').includes(value);
  switch (text(expression, 'operator')) {
    case 'In':
      return isOne;
    case 'NotIn':
      return !isOne;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
