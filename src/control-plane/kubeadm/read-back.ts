import { parse } from 'yaml';
import { field, text } from '../../cluster/api/json.js';
import { DATASTORES, type OutsideFound } from '../../datastore/index.js';
import { defined } from '../../model/defined.js';
import { type Flags, readKubeadmArgs } from '../../model/text/flags.js';

/** Where kubeadm, and kinit for it, keep what a cluster was made with. */
export const CLUSTER_CONFIGURATION = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-system',
  name: 'kubeadm-config',
} as const;

/** What a ClusterConfiguration says, in words of the inventory. */
export interface KubeadmSays {
  readonly kubernetes?: string;
  /** host:port */
  readonly endpoint?: string;
  /** Values by path, as far as it says them. */
  readonly options: Readonly<Record<string, string>>;
  /** Flags that were given, by the section of the inventory. */
  readonly extraArgs: Readonly<Record<string, Flags>>;
  /** Where its datastore is, where that is outside of it. */
  readonly outside?: OutsideFound;
}

/** Reads kubeadm's ClusterConfiguration (v1beta3 and v1beta4), whoever wrote it; undefined: it is not there. @param object the ConfigMap */
export function readClusterConfiguration(object: unknown): KubeadmSays | undefined {
  const config = dataOf(text(object, 'data', 'ClusterConfiguration') ?? '');
  if (config === undefined) return undefined;
  const stores = DATASTORES.map(({ readKubeadm }) => readKubeadm(config));
  return {
    ...defined({
      kubernetes: text(config, 'kubernetesVersion')?.replace(/^v/, ''),
      endpoint: text(config, 'controlPlaneEndpoint') || undefined,
      outside: stores.find(({ outside }) => outside !== undefined)?.outside,
    }),
    options: {
      ...defined({
        'network.podCIDR': text(config, 'networking', 'podSubnet'),
        'network.serviceCIDR': text(config, 'networking', 'serviceSubnet'),
        'network.domain': text(config, 'networking', 'dnsDomain'),
      }),
      ...stores.reduce((all, { options }) => ({ ...all, ...options }), {}),
    },
    extraArgs: {
      apiServer: readKubeadmArgs(field(config, 'apiServer', 'extraArgs')),
      controllerManager: readKubeadmArgs(field(config, 'controllerManager', 'extraArgs')),
      ...stores.reduce((all, { extraArgs }) => ({ ...all, ...extraArgs }), {}),
    },
  };
}

function dataOf(yaml: string): unknown {
  try {
    return parse(yaml) ?? undefined;
  } catch {
    return undefined;
  }
}
