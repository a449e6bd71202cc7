import { uncordonOurs } from '../../cluster/node/cordon.js';
import { emptyNode } from '../../cluster/node/drain.js';
import { text } from '../../cluster/api/json.js';
import { patiently, waitUntil } from '../../cluster/api/until.js';
import { isReady } from '../../cluster/why/pods.js';
import { isMember } from '../../model/facts.js';
import type { ClusterAccess } from '../api/access.js';
import type { LiveHost } from '../session/session.js';

/** Bound on draining one node, in seconds. */
const DRAIN_TIMEOUT = 120;
/** Bound on a node's kubelet to be Ready once its host answers: a control plane on it starts first. */
const READY_TIMEOUT = 300;

interface NodeOptions {
  readonly access: ClusterAccess | undefined;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Before the reboot of a host: its pods go elsewhere, where it is a node. */
export async function leaveForReboot(host: LiveHost, { access, progress, signal }: NodeOptions): Promise<void> {
  if (!isMember(host.facts) || access === undefined) return;
  try {
    await emptyNode(await access.api(), host.spec.name, { timeoutSeconds: DRAIN_TIMEOUT, progress, signal });
  } finally {
    access.close();
  }
}

/** After it: waits until the node is Ready in this boot, then it takes pods again, unless a person had cordoned it. */
export async function comeBack(
  { spec: { name }, facts }: LiveHost,
  { bootId }: { readonly bootId: string },
  { access, progress, signal }: NodeOptions,
): Promise<void> {
  if (!isMember(facts) || access === undefined) return;
  try {
    await waitUntil({
      what: `node ${name} to be Ready`,
      timeoutSeconds: READY_TIMEOUT,
      intervalMs: 1000,
      progress,
      signal,
      look: () =>
        patiently(async () => {
          const node = await (await access.api()).get({ apiVersion: 'v1', kind: 'Node', name });
          if (node === undefined) return { done: true, value: undefined };
          // What the API says of a node is of before until its kubelet has spoken.
          const spoke = text(node, 'status', 'nodeInfo', 'bootID') === bootId;
          return spoke && isReady(node)
            ? { done: true, value: undefined }
            : { done: false, missing: spoke ? 'it is not Ready' : 'its kubelet has not spoken yet' };
        }),
      hint: `Look at its kubelet: journalctl -u kubelet on ${name}. Then run the same command again: it goes on from there.`,
    });
    await uncordonOurs(await access.api(), name);
  } finally {
    access.close();
  }
}
