import { addOns } from '../../add-ons/index.js';
import { list, text } from '../../cluster/api/json.js';
import {
  CLUSTER_CONFIGURATION,
  controlPlaneOn,
  readClusterConfiguration,
  type LiveControlPlane,
} from '../../control-plane/index.js';
import { guardedOptions } from '../../inventory/guarded.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { isMember } from '../../model/facts.js';
import { defined } from '../../model/defined.js';
import type { Decisions } from '../../model/record.js';
import type { Decider } from '../../model/seams/decider.js';
import { networks } from '../../network/index.js';
import type { LiveHost } from '../session/session.js';
import type { KnownCluster } from './cluster.js';

/** Everything that the inventory may leave to kinit. */
export const DECIDERS: readonly Decider[] = [...addOns, ...networks].flatMap(({ decides }) => decides ?? []);

/** Nodes with a control plane on them, whoever made it. What lies on a host that is no node is a leftover (src/leftovers). */
export function manifestsOf(
  live: readonly LiveHost[],
): readonly { readonly host: LiveHost; readonly running: LiveControlPlane }[] {
  return live
    .filter(({ facts }) => isMember(facts))
    .flatMap((host) => {
      const running = controlPlaneOn(host.facts.kubernetes.manifests);
      return running === undefined ? [] : [{ host, running }];
    });
}

/** A cluster without a record: made by a kinit that wrote none, or by somebody else. */
export async function askLive(
  api: ClusterApi,
  live: readonly LiveHost[],
): Promise<Omit<KnownCluster, 'exists' | 'open' | 'nodes' | 'moves'>> {
  const [namespace, clusterInfo, configuration, ...shown] = await Promise.all([
    api.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }),
    api.get(CLUSTER_INFO),
    api.get(CLUSTER_CONFIGURATION),
    ...DECIDERS.map(({ shownBy }) => api.get(shownBy)),
  ]);
  const says = readClusterConfiguration(configuration);
  const found = manifestsOf(live)[0]?.running.options ?? {};
  const plugin = networks.find(({ decides }) => isOurs(shown[DECIDERS.findIndex((each) => each === decides)]));
  // A first init that was cut has not come to it yet.
  const made = live.some(({ facts }) => facts.kubernetes.made);
  return {
    own: clusterInfo === undefined ? made : isOurs(clusterInfo),
    ...defined({
      clusterId: text(namespace, 'metadata', 'uid'),
      running: says?.kubernetes,
      endpoint: says?.endpoint,
    }),
    options: { ...found, ...defined({ 'network.plugin': plugin?.id }), ...(says === undefined ? {} : given(says)) },
    decisions: DECIDERS.reduce<Decisions>((all, decider, index) => {
      const object = shown[index];
      return object === undefined ? all : { ...all, ...decider.readBack(object) };
    }, {}),
  };
}

const CLUSTER_INFO = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-public', name: 'cluster-info' };

/** What kubeadm's configuration says of guarded options; a flag that is not there was not given. */
function given({
  options,
  extraArgs,
}: NonNullable<ReturnType<typeof readClusterConfiguration>>): KnownCluster['options'] {
  const flags = guardedOptions().flatMap(({ path }): [string, string | null][] => {
    const [, section = '', flag = ''] = /^(\w+)\.extraArgs\.(.+)$/.exec(path) ?? [];
    const known = extraArgs[section];
    return known === undefined ? [] : [[path, known[flag] ?? null]];
  });
  return { ...options, ...Object.fromEntries(flags) };
}

/** The server notes who applied what (kubernetes.io/docs/reference/using-api/server-side-apply). */
function isOurs(object: KubeObject | undefined): boolean {
  return list(object, 'metadata', 'managedFields').some((entry) => text(entry, 'manager') === 'kinit');
}
