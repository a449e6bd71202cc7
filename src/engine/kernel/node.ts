import { uncordonOurs } from '../../cluster/node/cordon.js';
import { waitForChangedNode } from '../../cluster/waits/changed-node.js';
import type { ClusterApi } from '../../model/api.js';
import { isMember } from '../../model/facts.js';
import type { ClusterAccess } from '../api/access.js';
import { DRAIN_SECONDS, drainNode, tellCordon } from '../drain/node.js';
import type { LiveHost } from '../session/session.js';

interface NodeOptions {
  readonly access: ClusterAccess | undefined;
  readonly progress: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Before the reboot of a host that is a node: its pods go elsewhere, within their budgets, for the node comes back. Throws where they do not; it
 * takes pods again then. True: it is empty.
 */
export async function leaveForReboot(host: LiveHost, { access, ...options }: NodeOptions): Promise<boolean> {
  const { name } = host.spec;
  if (!isMember(host.facts) || access === undefined) return false;
  try {
    const api = await access.api();
    // Somebody took it out of the cluster.
    if ((await api.get({ apiVersion: 'v1', kind: 'Node', name })) === undefined) return false;
    return await drainNode(api, name, { why: 'reboot', timeoutSeconds: DRAIN_SECONDS, ...options });
  } finally {
    access.close();
  }
}

/** Says of a node that does not come back as it shall that no pods are put on it, where that is so. */
export async function tellLeft(
  { spec: { name }, facts }: LiveHost,
  drained: boolean,
  { access, warn }: Pick<NodeOptions, 'access' | 'warn'>,
): Promise<void> {
  if (!isMember(facts) || access === undefined) return;
  try {
    await tellCordon(access.api, name, { drained, warn });
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
