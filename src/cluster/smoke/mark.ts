import { createHash } from 'node:crypto';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { count, text } from '../api/json.js';

/** What the probe passed for stands in the cluster, so that another operator's run need not repeat it. */
const MARK = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'kinit-probe' } as const;
/** No node name starts with a dot. */
const WORKLOADS = '.workloads';
/** Nodes that passed before and take part again, as the other end for new ones. */
const PEERS = 2;

export interface ProbePlan {
  /** Names of nodes to start a probe pod on; none when nothing is new. */
  readonly nodes: readonly string[];
  /** What to remember once the probe has passed. */
  readonly data: Readonly<Record<string, string>>;
}

/** Nodes that are new, rebooted, reinstalled or of another runtime since the last passed probe, with peers; all nodes when a workload or a setting has changed. */
export async function planProbe(
  api: ClusterApi,
  nodes: readonly KubeObject[],
  workloads: readonly KubeObject[],
  settings: readonly string[],
): Promise<ProbePlan> {
  const passed = (await api.get(MARK))?.['data'];
  const workloadsNow = digest([
    ...workloads.map(
      (workload) =>
        `${workload.kind} ${workload.metadata.name} ${uid(workload)} ${count(workload, 'metadata', 'generation')}`,
    ),
    ...settings,
  ]);
  const data: Record<string, string> = { [WORKLOADS]: workloadsNow };
  for (const node of nodes)
    data[node.metadata.name] = `${uid(node)}.${info(node, 'bootID')}.${info(node, 'containerRuntimeVersion')}`;
  const names = nodes.map((node) => node.metadata.name);
  if (text(passed, WORKLOADS) !== workloadsNow) return { nodes: names, data };
  const fresh = names.filter((name) => text(passed, name) !== data[name]);
  const peers = names.filter((name) => !fresh.includes(name)).slice(0, PEERS);
  return { nodes: fresh.length === 0 ? [] : [...fresh, ...peers], data };
}

export async function rememberProbe(api: ClusterApi, plan: ProbePlan): Promise<void> {
  const { apiVersion, kind, ...metadata } = MARK;
  await api.apply({ apiVersion, kind, metadata, data: plan.data });
}

const info = (node: KubeObject, key: string): string => text(node, 'status', 'nodeInfo', key) ?? '';
const uid = (object: KubeObject): string => text(object, 'metadata', 'uid') ?? '';

function digest(lines: readonly string[]): string {
  return createHash('sha256')
    .update([...lines].sort().join('\n'))
    .digest('hex')
    .slice(0, 32);
}
