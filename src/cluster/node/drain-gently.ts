import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { count } from '../api/json.js';
import { cordonForAWhile, uncordonOurs, type CordonReason } from './cordon.js';
import { controllerOf, evictAll, nameOf, type EvictOptions, type HeldPod } from './evict.js';

/** An error is read on a screen. */
const MOST = 4;

/**
 * Empties a node that stays in the cluster: cordons it and evicts what has a controller, which makes it anew elsewhere. Pods
 * that nobody would make anew stay: their kubelet starts them again. What a budget holds is never deleted. A node that does not
 * get empty takes pods again, for nothing of it was changed yet.
 * @throws KinitError timeout, with each pod that did not leave and why
 */
export async function drainGently(api: ClusterApi, node: string, { why, ...options }: DrainOptions): Promise<void> {
  const cordoned = await cordonForAWhile(api, node, why);
  if (cordoned === undefined)
    throw new KinitError(`there is no node ${node} in the cluster`, {
      class: 'change',
      tried: `GET node ${node}`,
      hint: 'Its kubelet has not registered it, or somebody deleted it: kinit init mends that.',
    });
  const held = await evictAll(api, node, (pod) => controllerOf(pod) !== undefined, options).catch(
    async (thrown: unknown) => {
      // What ended it is what is told, also where the API does not take the node back either.
      await uncordonOurs(api, node).catch(() => undefined);
      throw thrown;
    },
  );
  if (held.length === 0) return;
  const back = await uncordonOurs(api, node);
  throw notEmpty(
    node,
    held,
    options.timeoutSeconds,
    back ? 'it takes pods again' : 'it was cordoned before, and stays so',
  );
}

interface DrainOptions extends EvictOptions {
  readonly why: CordonReason;
}

function notEmpty(node: string, held: readonly HeldPod[], seconds: number, left: string): KinitError {
  const more = held.length - MOST;
  const lines = held.slice(0, MOST).map(({ pod, because }) => `pod ${nameOf(pod)}: ${because ?? ending(pod)}`);
  const budget = held.some(({ because }) => because !== undefined);
  const what = budget
    ? 'Let the budget allow one pod less: more replicas, or kubectl edit poddisruptionbudget.'
    : 'Wait until they have ended, or look why they do not: kubectl describe pod.';
  return new KinitError(`${String(held.length)} pods did not leave node ${node} in ${String(seconds)} s; ${left}`, {
    class: 'timeout',
    tried: `evicting them (kubectl drain ${node})`,
    found: [...lines, ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
    hint: `${what} Then run the same command again: it goes on from here.`,
  });
}

function ending(pod: HeldPod['pod']): string {
  const grace = String(count(pod, 'metadata', 'deletionGracePeriodSeconds'));
  return `was told to end (grace period ${grace} s), and has not`;
}
