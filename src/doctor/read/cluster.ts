import { isReady } from '../../cluster/why/pods.js';
import { field, list, text } from '../../cluster/api/json.js';
import type { KubeObject } from '../../model/api.js';
import { isMember } from '../../model/facts.js';
import type { Evidence, HostEvidence } from '../evidence.js';
import { isRunning } from './units.js';

export function nodeNamed({ cluster }: Evidence, name: string): KubeObject | undefined {
  return cluster?.nodes.find(({ metadata }) => metadata.name === name);
}

/** Whether a kubelet runs on a host that has joined, and the cluster has no node of its name. */
export function hasLostNode(host: HostEvidence, evidence: Evidence): boolean {
  return (
    evidence.cluster !== undefined &&
    nodeNamed(evidence, host.host) === undefined &&
    isMember(host.facts) &&
    isRunning(host, 'kubelet')
  );
}

export function internalIp(node: KubeObject): string | undefined {
  return text(
    list(node, 'status', 'addresses').find((each) => text(each, 'type') === 'InternalIP'),
    'address',
  );
}

/** Pods of a node; all that are not finished where no node is named. */
export function podsOn({ cluster }: Evidence, node?: string): readonly KubeObject[] {
  return (cluster?.pods ?? []).filter(
    (pod) =>
      (node === undefined || text(pod, 'spec', 'nodeName') === node) &&
      !['Succeeded'].includes(text(pod, 'status', 'phase') ?? ''),
  );
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Of a waiting or terminated container, now. */
  readonly reason: string;
  readonly message: string;
  /** Of its last end. */
  readonly lastReason: string;
  readonly lastExitCode: number | undefined;
  /** RFC 3339; '' when it never ended. */
  readonly lastFinishedAt: string;
  /** As its runtime names the container that ended; '' when none did. */
  readonly lastId: string;
}

export function containerStatuses(pod: KubeObject): ContainerStatus[] {
  return [...list(pod, 'status', 'initContainerStatuses'), ...list(pod, 'status', 'containerStatuses')].map(
    (status) => {
      const state = field(status, 'state', 'waiting') ?? field(status, 'state', 'terminated');
      const last = field(status, 'lastState', 'terminated') ?? field(status, 'state', 'terminated');
      const exit = field(last, 'exitCode');
      const restarts = field(status, 'restartCount');
      return {
        name: text(status, 'name') ?? '',
        image: text(status, 'image') ?? '',
        ready: field(status, 'ready') === true,
        restarts: typeof restarts === 'number' ? restarts : 0,
        reason: text(state, 'reason') ?? '',
        message: text(state, 'message') ?? '',
        lastReason: text(last, 'reason') ?? '',
        lastExitCode: typeof exit === 'number' ? exit : undefined,
        lastFinishedAt: text(last, 'finishedAt') ?? '',
        lastId: (text(last, 'containerID') ?? '').replace(/^.*:\/\//, ''),
      };
    },
  );
}

export function podTitle(pod: KubeObject): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}

/** Whether a pod is as it should be: ready, or done. */
export function isWell(pod: KubeObject): boolean {
  return isReady(pod) || text(pod, 'status', 'phase') === 'Succeeded';
}

/**
 * A pod that ended and that nobody waits for: evicted ones and those of jobs stay listed, what is to run has a new one. A static pod
 * has no other, and a job that tries again is its own affair.
 */
export function isLeftOver(pod: KubeObject): boolean {
  const { static: isStatic, owner } = pod.metadata as { readonly static?: boolean; readonly owner?: string };
  return isStatic !== true && (text(pod, 'status', 'phase') === 'Failed' || owner === 'Job');
}
