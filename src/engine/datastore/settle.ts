import { patiently, waitUntil, type Look, type Wait } from '../../cluster/api/until.js';
import { leaseRenewed, listNodes } from '../../cluster/index.js';
import { lookAtApi } from '../../cluster/waits/api.js';
import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { isMember } from '../../model/facts.js';
import { accessThrough } from '../api/access.js';
import type { LiveHost } from '../session/session.js';
import { forgetGone } from './gone.js';
import { renewBridges } from './bridges.js';
import { recordPlaces } from './places.js';
import type { CareOptions, CareWork } from './work.js';

export interface Settled {
  /** Nodes of the backup that are no hosts of the inventory: they may have joined otherwise, so they stay. */
  readonly others: readonly string[];
  /** Nodes that were not in the backup: their kubelets have registered them again. */
  readonly registered: readonly string[];
  /** Control planes that are no hosts of the inventory: they have been taken out of the cluster. */
  readonly gone: readonly string[];
}

/** Waits until every API server answers and every node is ready; those that the backup does not know register again. */
export async function settle({ members, live, signal }: CareWork, options: CareOptions): Promise<Settled> {
  const { spec } = options.inventory;
  // The first last: its answers are about all of them.
  for (const { host } of members.slice(1)) await throughApi(host, options, signal, () => Promise.resolve());
  const [first] = members;
  if (first === undefined) return { others: [], registered: [], gone: [] };
  return throughApi(first.host, options, signal, async (api, wait) => {
    const known = new Set((await listNodes(api)).map(({ name }) => name));
    const hosts = new Set(spec.hosts.map(({ name }) => name));
    const nodes = live.filter(({ facts }) => isMember(facts));
    const missing = nodes.filter((host) => !known.has(host.spec.name));
    // A kubelet registers its node when it starts, and only then.
    for (const { connection } of missing)
      await connection.run('timeout 90 systemctl restart kubelet', {
        timeoutSeconds: 120,
        change: 'restart the kubelet',
      });
    const before = new Map<string, string | undefined>();
    for (const host of nodes) before.set(host.spec.name, await leaseRenewed(api, host.spec.name));
    await waitUntil({
      ...{ ...wait, what: 'the nodes to be ready', timeoutSeconds: 180, intervalMs: 1000 },
      look: () => patiently(() => nodesReady(api, before)),
    });
    await recordPlaces(api, first.host);
    const gone = await forgetGone(api, spec.hosts, { host: first.host.spec.name, emit: options.emit, signal });
    await renewBridges(api, nodes, spec);
    return {
      others: [...known].filter((name) => !hosts.has(name) && !gone.includes(name)),
      registered: missing.map((host) => host.spec.name),
      gone,
    };
  });
}

type SharedWait = Pick<Wait<undefined>, 'progress' | 'signal' | 'hint'>;

/** Waits until the API server of a host answers, then works with it. */
async function throughApi<T>(
  host: LiveHost,
  { inventory, emit }: CareOptions,
  signal: AbortSignal,
  act: (api: ClusterApi, wait: SharedWait) => Promise<T>,
): Promise<T> {
  const access = accessThrough([host], { inventory, signal, mayReadKeys: true });
  if (access === undefined)
    throw new KinitError('no administrator credentials lie on the host', {
      class: 'access',
      host: host.spec.name,
      hint: 'kinit init',
    });
  const progress = (text: string): void => emit({ type: 'progress', host: host.spec.name, text });
  const wait = { progress, signal, hint: 'kinit doctor looks for the cause.' };
  try {
    const api = await access.api();
    await waitUntil({
      ...{ ...wait, what: 'the API server to answer', timeoutSeconds: inventory.spec.waits.apiServerSeconds },
      look: () => lookAtApi(api, '/readyz', true),
    });
    return await act(api, wait);
  } finally {
    access.close();
  }
}

/** What the backup says of a node is of then: its kubelet has to have spoken since. @param before each node's lease when it was looked at first */
async function nodesReady(api: ClusterApi, before: ReadonlyMap<string, string | undefined>): Promise<Look<undefined>> {
  const ready = new Set((await listNodes(api)).filter((node) => node.ready).map(({ name }) => name));
  const missing: string[] = [];
  for (const [name, renewed] of before)
    if (!ready.has(name) || (await leaseRenewed(api, name)) === renewed) missing.push(name);
  return missing.length === 0
    ? { done: true, value: undefined }
    : { done: false, missing: `not ready: ${missing.join(', ')}` };
}
