import { stringify } from 'yaml';
import { cutWhen } from '../e2e/support/cuts.js';
import { FORM } from '../e2e/support/form.js';
import { kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { startWeb } from '../e2e/support/web.js';
import { FROM } from './versions.js';

/** A lab's inventory with so many control planes, in that form. @param takePods whether they are workers, too */
export function controlPlanes(inventory: string, count: number, { form = FORM, takePods = false } = {}): string {
  let left = count - 1;
  const roles = inventory
    .replaceAll('- worker', (role) => (left-- > 0 ? '- control-plane' : role))
    .replaceAll(/^( +)- control-plane$/gm, takePods ? '$&\n$1- worker' : '$&');
  return form === 'static-pods' ? roles : `${roles}\n${stringify({ controlPlane: { mode: form }, datastore: 'etcd' })}`;
}

/** Version that each API server says of itself. @param addresses of their hosts */
export const servers = (cluster: LabHandle, addresses: readonly string[]): Promise<string[]> =>
  Promise.all(
    addresses.map(async (address) => {
      const said = await cluster.kubectl(`--server https://${address}:6443 get --raw /version`);
      return (JSON.parse(said) as { gitVersion: string }).gitVersion;
    }),
  );

export interface EarlierHosts {
  /** Its inventory says the earlier version. */
  readonly cluster: LabHandle;
  /** An inventory of it that names no version: the later one. */
  readonly later: string;
  /** Of its hosts, in order. */
  readonly addresses: readonly string[];
}

/** Hosts for a cluster of the earlier version. @param change of the lab's inventory, for both versions */
export async function earlierHosts(
  name: string,
  hosts: number,
  change: (inventory: string) => string = (same) => same,
  from = FROM,
): Promise<EarlierHosts> {
  const made = await lab(name, { hosts });
  let addresses: readonly string[] = [];
  const later = await changedInventory(made, 'later', (text) => {
    addresses = [...text.matchAll(/address: (\S+)/g)].map(([, address = '']) => address);
    // Another text in any case: it has a file of its own.
    return `${change(text)}\n`;
  });
  const earlier = await changedInventory(made, 'earlier', (text) => `${change(text)}\nkubernetesVersion: ${from}\n`);
  return { cluster: { ...made, inventory: earlier }, later, addresses };
}

/** Both inventories without one of the hosts, which joins later. */
async function withoutHost(
  { cluster, later }: Pick<EarlierHosts, 'cluster' | 'later'>,
  host: string,
): Promise<Inventories> {
  const without = (text: string): string =>
    text.replace(new RegExp(` {2}- name: ${host}[^]*?(?= {2}- name: |\\nssh:)`), '');
  return {
    earlier: await changedInventory(cluster, `earlier-without-${host}`, without),
    later: await changedInventory({ ...cluster, inventory: later }, `later-without-${host}`, without),
  };
}

/** A cluster of the earlier version, but for a host that joins later; something is kept in it. */
export async function earlierClusterWithout(
  host: string,
  ...of: Parameters<typeof earlierHosts>
): Promise<{ readonly cluster: LabHandle; readonly without: Inventories; readonly whole: Inventories }> {
  const hosts = await earlierHosts(...of);
  const { cluster, later } = hosts;
  const without = await withoutHost(hosts, host);
  await kinitOk(['init', '-i', without.earlier], { timeoutSeconds: 3000 });
  await cluster.kubectl('create configmap before --from-literal=is=kept');
  return { cluster, without, whole: { earlier: cluster.inventory, later } };
}

/** Inventories of both versions. */
export interface Inventories {
  readonly earlier: string;
  readonly later: string;
}

/** What the API server says of itself: its version, and that as which it behaves. */
export async function servedVersion(cluster: LabHandle): Promise<string> {
  const said = JSON.parse(await cluster.kubectl('get --raw /version')) as Record<string, string>;
  return `${said['gitVersion'] ?? ''} as ${said['emulationMajor'] ?? ''}.${said['emulationMinor'] ?? ''}`;
}

/** Versions of kubelets: node1=v1.35.4 node2=v1.35.4. */
export async function kubelets(cluster: LabHandle): Promise<string> {
  const said = await cluster.kubectl(
    "get nodes -o jsonpath='{range .items[*]}{.metadata.name}={.status.nodeInfo.kubeletVersion} {end}'",
  );
  return said.trim();
}

/**
 * A page of two replicas with a budget; gives its port. One on each node: a drain moves one of them, and the budget lets the other go only
 * when that has come up.
 */
export async function startBudgetedWeb(cluster: LabHandle): Promise<number> {
  const port = await startWeb(cluster, 2);
  await cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=1');
  await cluster.kubectl(
    `patch deployment web -p '{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]}}}}'`,
  );
  await cluster.kubectl('rollout status deployment/web --timeout=120s', { timeoutSeconds: 130 });
  return Number(port);
}

/** Keeps something in the cluster, and gives what tells it: who it is, its last change, what stands in it. */
export async function keepSomething(cluster: LabHandle): Promise<() => Promise<string>> {
  await cluster.kubectl('create configmap kept --from-literal=since=before');
  return () =>
    cluster.kubectl("get configmap kept -o jsonpath='{.metadata.uid} {.metadata.resourceVersion} {.data.since}'");
}

/** Kills a kinit when one control plane is through and the next one is on its way; gives 'killed'. */
export function cutBetweenControlPlanes(args: readonly string[]): Promise<string> {
  return cutWhen(args, async (events) => {
    const through = new Set<string>();
    for await (const event of events) {
      if (event.type === 'phase-finished' && event.phase === 'stable') through.add(event.host);
      const begins = event.type === 'phase-started' && event.phase === 'control-plane' && !through.has(event.host);
      if (begins && through.size === 1) return;
    }
  });
}
