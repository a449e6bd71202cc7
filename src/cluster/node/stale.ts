import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { isReady } from '../why/pods.js';
import { text } from '../api/json.js';
import { leaseRenewed } from './lease.js';
import { pause, throwIfStopped } from '../api/until.js';

/** A live kubelet renews its lease every 10 s (kubelet: nodeLeaseDurationSeconds 40, a quarter of it). */
const LEASE_WATCH_SECONDS = 25;

export interface StaleNodeOptions {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
  readonly watchSeconds?: number;
}

/**
 * Deletes the Node object that an earlier life of a host left behind, so that it can join under its name again.
 * A node whose lease is still being renewed is another machine: an error of class 'preflight'.
 */
export async function removeStaleNode(api: ClusterApi, name: string, options: StaleNodeOptions): Promise<boolean> {
  const node = await api.get({ apiVersion: 'v1', kind: 'Node', name });
  if (node === undefined) return false;
  if (isReady(node) && (await stillAlive(api, name, options))) {
    throw new KinitError(`another machine is node ${name} of this cluster`, {
      class: 'preflight',
      tried: `looking for a Node object named ${name} before joining`,
      found: `node ${name} is Ready and its kubelet reports (${text(node, 'status', 'nodeInfo', 'machineID') ?? 'unknown'} is its machine-id), while this host has not joined`,
      hint: 'Give this host another name in the inventory, or reset the other machine first.',
    });
  }
  options.progress(`deleting node ${name}, left over from before this host was reset`);
  return api.delete({ apiVersion: 'v1', kind: 'Node', name });
}

/** Judged by whether the lease moves, not by its time: clocks need not agree. A node stays Ready for most of a minute after its machine is gone. */
async function stillAlive(
  api: ClusterApi,
  name: string,
  { progress, signal, watchSeconds = LEASE_WATCH_SECONDS }: StaleNodeOptions,
): Promise<boolean> {
  const before = await leaseRenewed(api, name);
  progress(`node ${name} exists and is Ready: watching for ${watchSeconds} s whether a machine still reports as it`);
  const end = performance.now() + watchSeconds * 1000;
  while (performance.now() < end) {
    await pause(Math.min(1000, watchSeconds * 100), signal);
    throwIfStopped(signal, `a sign of life of node ${name}`);
    const now = await leaseRenewed(api, name);
    if (now !== before) return now !== undefined;
  }
  return false;
}
