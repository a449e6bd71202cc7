import { text } from '../../cluster/api/json.js';
import { recordInCluster } from '../../cluster/record/forget.js';
import { CLUSTER_CONFIGURATION } from '../../control-plane/index.js';
import type { ClusterApi, KubeObject } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import { editableYaml } from '../../model/text/yaml.js';

/** What the API of a cluster says that kinit has to know to describe it. */
export interface SeenCluster {
  /** uid of the namespace kube-system. */
  readonly clusterId: string;
  /** Of its API server: '1.36.3'. */
  readonly version: string;
  /** The ConfigMap of kubeadm's ClusterConfiguration, and that configuration parsed. */
  readonly kubeadm: KubeObject;
  readonly configuration: unknown;
  /** Parsed; undefined where the cluster has none. */
  readonly kubelet: unknown;
  readonly kubeProxy: unknown;
  readonly nodes: readonly KubeObject[];
  readonly daemonSets: readonly KubeObject[];
}

const SYSTEM = 'kube-system';

/** Asks; changes nothing. Throws 'refused' where kubeadm did not make the cluster, or where kinit knows it already. */
export async function seeCluster(api: ClusterApi, host: string): Promise<SeenCluster> {
  const [record, kubeadm] = await Promise.all([recordInCluster(api, host), api.get(CLUSTER_CONFIGURATION)]);
  const configuration = parsed(text(kubeadm, 'data', 'ClusterConfiguration'));
  if (record !== undefined) throw ownAlready(record, text(configuration, 'clusterName'), host);
  const config = (name: string): Promise<KubeObject | undefined> =>
    api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: SYSTEM, name });
  const [namespace, version, kubelet, kubeProxy, nodes, daemonSets] = await Promise.all([
    api.get({ apiVersion: 'v1', kind: 'Namespace', name: SYSTEM }),
    api.request('GET', '/version'),
    config('kubelet-config'),
    config('kube-proxy'),
    api.list('v1', 'Node'),
    api.list('apps/v1', 'DaemonSet'),
  ]);
  if (kubeadm === undefined || configuration === undefined)
    throw new KinitError('the cluster was not made by kubeadm, and kinit can adopt no other', {
      class: 'refused',
      host,
      tried: `read ConfigMap ${SYSTEM}/${CLUSTER_CONFIGURATION.name}`,
      found: kubeadm === undefined ? 'there is none' : 'no ClusterConfiguration in it',
      hint: 'Clusters of k3s, RKE2, k0s and the like have a layout of their own: make a new cluster and move the workloads.',
    });
  return {
    clusterId: text(namespace, 'metadata', 'uid') ?? '',
    version: (text(version.body, 'gitVersion') ?? '').replace(/^v/, '').replace(/[-+].*/, ''),
    ...{ kubeadm, configuration, nodes, daemonSets },
    kubelet: parsed(text(kubelet, 'data', 'kubelet')),
    kubeProxy: parsed(text(kubeProxy, 'data', 'config.conf')),
  };
}

/** What describes it was written by hand once: what kinit made of the hosts says less than that did. */
function ownAlready({ nodes }: ClusterRecord, name: string | undefined, host: string): KinitError {
  const hosts = Object.entries(nodes).map(
    ([node, { address, controlPlane }]) =>
      `  - { name: ${node}, address: '${address}', roles: [${controlPlane ? 'control-plane' : 'worker'}] }`,
  );
  return new KinitError(
    `kinit works on this cluster already${name === undefined ? '' : `: it is ${name}`}; nothing was written`,
    {
      class: 'refused',
      host,
      tried: `read ConfigMap ${RECORD.namespace}/${RECORD.name}`,
      found: `its record, of ${hosts.length === 1 ? 'one node' : `${String(hosts.length)} nodes`}`,
      hint: [
        'Use the inventory that it was made with, or write one with its hosts; kinit plan then says what differs:',
        ...(name === undefined ? [] : [`name: ${name}`]),
        'hosts:',
        ...hosts,
      ].join('\n'),
    },
  );
}

function parsed(yaml: string | undefined): unknown {
  if (yaml === undefined) return undefined;
  const document = editableYaml(yaml);
  return document.errors.length > 0 ? undefined : (document.toJS() as unknown);
}
