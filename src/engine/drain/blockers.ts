import { count, field, list, text } from '../../cluster/api/json.js';
import { controllerOf, nameOf } from '../../cluster/node/evict.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';

/** A warning is read on a screen: of more than these only the number is told. */
const MOST = 4;

/** What may hold a drain up, or is lost or stays behind in one: a line each. */
export async function blockers(api: ClusterApi): Promise<readonly string[]> {
  const [pods, budgets] = await Promise.all([api.list('v1', 'Pod'), api.list('policy/v1', 'PodDisruptionBudget')]);
  const mine = pods.filter(isOfPeople);
  const tight = budgets.filter(
    (budget) => count(budget, 'status', 'expectedPods') > 0 && count(budget, 'status', 'disruptionsAllowed') < 1,
  );
  return [
    ...told(tight, (names) => `budgets that let no pod go now, and so hold drains up: ${names}`),
    ...told(
      mine.filter((pod) => controllerOf(pod) === undefined),
      (names) => `pods that nobody makes anew stay on their nodes, and are ended for a moment: ${names}`,
    ),
    ...told(
      mine.filter((pod) => controllerOf(pod) !== undefined && isLocal(pod)),
      (names) => `pods with data on their node (emptyDir) lose it when they leave: ${names}`,
    ),
  ];
}

function told(objects: readonly KubeObject[], say: (names: string) => string): string[] {
  if (objects.length === 0) return [];
  const more = objects.length - MOST;
  return [say(`${objects.slice(0, MOST).map(nameOf).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`)];
}

/** Not static, not finished, not of a DaemonSet: what a drain is about. */
function isOfPeople(pod: KubeObject): boolean {
  const mirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const finished = ['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase') ?? '');
  return !mirror && !finished && text(controllerOf(pod), 'kind') !== 'DaemonSet';
}

function isLocal(pod: KubeObject): boolean {
  return list(pod, 'spec', 'volumes').some((volume) => field(volume, 'emptyDir') !== undefined);
}
