import type { ClusterApi, KubeObject } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { count, field, list, text } from '../api/json.js';

const MAX_EVENTS = 5;
const MAX_PODS = 10;

/** What keeps pods from running, one line a trouble: container states with their messages, conditions, and the last warnings about them. */
export async function explainPods(api: ClusterApi, namespace: string, labelSelector?: string): Promise<string> {
  const pods = await api.list('v1', 'Pod', { namespace, ...defined({ labelSelector }) });
  if (pods.length === 0)
    return `no pod exists in ${namespace}${labelSelector === undefined ? '' : ` with ${labelSelector}`}`;
  const troubled = pods.filter((pod) => !isReady(pod));
  const lines = troubled.slice(0, MAX_PODS).flatMap(podTroubles);
  if (troubled.length > MAX_PODS) lines.push(`and ${troubled.length - MAX_PODS} more pods`);
  const names = new Set(troubled.map((pod) => pod.metadata.name));
  return [...lines, ...(await warnings(api, namespace, names))].join('\n');
}

/** Ready condition of a node or pod. */
export function isReady(object: KubeObject): boolean {
  return condition(object, 'Ready')?.status === 'True';
}

export function condition(
  object: KubeObject,
  type: string,
): { readonly status: string; readonly reason: string; readonly message: string } | undefined {
  const found = list(object, 'status', 'conditions').find((each) => text(each, 'type') === type);
  if (found === undefined) return undefined;
  return {
    status: text(found, 'status') ?? '',
    reason: text(found, 'reason') ?? '',
    message: text(found, 'message') ?? '',
  };
}

/** The last warnings about the objects named in one namespace. */
export async function warnings(api: ClusterApi, namespace: string, names: ReadonlySet<string>): Promise<string[]> {
  const events = await api.list('v1', 'Event', { namespace });
  const about = events.filter(
    (event) => text(event, 'type') === 'Warning' && names.has(text(event, 'involvedObject', 'name') ?? ''),
  );
  const byTime = about.sort((a, b) => eventTime(a).localeCompare(eventTime(b)));
  return byTime.slice(-MAX_EVENTS).map((event) => {
    const times = count(event, 'count') > 1 ? ` (${count(event, 'count')} times)` : '';
    return `event ${text(event, 'involvedObject', 'name') ?? ''}: ${text(event, 'reason') ?? ''}: ${text(event, 'message') ?? ''}${times}`;
  });
}

function eventTime(event: KubeObject): string {
  return text(event, 'lastTimestamp') ?? text(event, 'eventTime') ?? text(event, 'metadata', 'creationTimestamp') ?? '';
}

function podTroubles(pod: KubeObject): string[] {
  const where = text(pod, 'spec', 'nodeName');
  const label = `pod ${pod.metadata.name}${where === undefined ? '' : ` on ${where}`}`;
  const containers = [...list(pod, 'status', 'initContainerStatuses'), ...list(pod, 'status', 'containerStatuses')];
  const states = containers.flatMap((status) => containerTrouble(status));
  if (states.length > 0) return states.map((state) => `${label}: ${state}`);
  const unmet = list(pod, 'status', 'conditions').find(
    (each) => text(each, 'status') === 'False' && text(each, 'message') !== undefined,
  );
  return [
    `${label}: ${text(unmet, 'reason') ?? text(pod, 'status', 'phase') ?? 'unknown'}${unmet === undefined ? '' : `: ${text(unmet, 'message') ?? ''}`}`,
  ];
}

function containerTrouble(status: unknown): string[] {
  const name = text(status, 'name') ?? '';
  const restarts = count(status, 'restartCount');
  const suffix = restarts === 0 ? '' : `, ${restarts} restarts`;
  const waiting = field(status, 'state', 'waiting');
  // A crash loop waits; why it crashed stands in its last state.
  const ended = field(status, 'state', 'terminated') ?? field(status, 'lastState', 'terminated');
  const lines: string[] = [];
  if (waiting !== undefined)
    lines.push(join(`container ${name} waits`, text(waiting, 'reason'), text(waiting, 'message')) + suffix);
  if (ended !== undefined && text(ended, 'reason') !== 'Completed') {
    lines.push(
      join(
        `container ${name} ended with code ${count(ended, 'exitCode')}`,
        text(ended, 'reason'),
        text(ended, 'message')?.trim(),
      ),
    );
  }
  if (lines.length === 0 && field(status, 'state', 'running') !== undefined && field(status, 'ready') === false)
    lines.push(`container ${name} runs but is not ready${suffix}`);
  return lines;
}

function join(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(': ');
}
