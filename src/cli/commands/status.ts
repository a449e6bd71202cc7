import type { ClusterApi } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { RESULT_CODES } from '../../model/error.js';
import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { loadedInventory } from '../files/inventory.js';
import type { ClusterStatus, Seen } from '../render/tables/cluster-status.js';
import { withConnectOptions } from '../arguments/options.js';

/** What the cluster says of itself, beside what the inventory wants. */
export const status = defineCommand({
  usage: 'status',
  describe: 'Show the cluster: its API, nodes, and pods that are not well',
  examples: [
    ['status', 'is everything up?'],
    ['status --output json', 'the same for a script; exit code 3 when something is not well'],
  ],
  exitCodes: [...REACHES_HOSTS, 'unwell'],
  options: withConnectOptions,
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ withCluster }, { clusterStatus, renderStatus }] = await Promise.all([
      import('../../engine/index.js'),
      import('../render/tables/cluster-status.js'),
    ]);
    const seen = await withCluster(
      { inventory, acceptNewHostKeys: args.acceptNewHostKeys, signal: context.signal, mayReadKeys: false },
      async ({ api, endpoint, certificates }) =>
        clusterStatus({
          name: inventory.spec.name,
          endpoint,
          certificates,
          hosts: inventory.spec.hosts.map(({ name }) => name),
          ...(await ask(api)),
        }),
    );
    await context.ui.result(seen, renderStatus(seen, context.ui.paint));
    return well(seen) ? 0 : RESULT_CODES.unwell;
  },
});

async function ask(api: ClusterApi): Promise<Pick<Seen, 'ready' | 'version' | 'nodes' | 'pods' | 'soak'>> {
  const [{ listNodes, recordInCluster }, { soakMoveOf }] = await Promise.all([
    import('../../cluster/index.js'),
    import('../../model/soak.js'),
  ]);
  const [ready, version, nodes, pods, record] = await Promise.all([
    api.request('GET', '/readyz'),
    api.request('GET', '/version'),
    listNodes(api),
    api.list('v1', 'Pod'),
    // That it cannot be read is a matter of commands that go by it.
    recordInCluster(api, '').catch(() => undefined),
  ]);
  const { gitVersion } = version.body as { gitVersion?: string };
  return {
    ready: ready.status === 200 ? 'ok' : String(ready.body),
    version: gitVersion ?? 'unknown',
    nodes,
    pods,
    ...defined({ soak: soakMoveOf(record?.moves ?? []) }),
  };
}

function well({ ready, nodes, pods, missing }: ClusterStatus): boolean {
  return ready === 'ok' && missing.length === 0 && nodes.every((node) => node.ready) && pods.unwell.length === 0;
}
