import { uncordonOurs } from '../../cluster/node/cordon.js';
import { emptyNode } from '../../cluster/node/drain.js';
import { waitForChangedNode } from '../../cluster/waits/changed-node.js';
import type { ClusterApi } from '../../model/api.js';
import { isMember } from '../../model/facts.js';
import type { ClusterAccess } from '../api/access.js';
import type { LiveHost } from '../session/session.js';

/** Bound on draining one node, in seconds. */
const DRAIN_TIMEOUT = 120;

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
  const api = (): Promise<ClusterApi> => access.api();
  try {
    await waitForChangedNode(
      api,
      { node: name, told: 'bootID', isNew: (id) => id === bootId, news: 'runs in this boot', mayBeGone: true },
      { progress, signal },
    );
    await uncordonOurs(await api(), name);
  } finally {
    access.close();
  }
}
