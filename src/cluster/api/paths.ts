import type { ApiResponse, ObjectRef } from '../../model/api.js';
import { refused } from './errors.js';
import { list, text } from './json.js';

interface Served {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Kinds every cluster serves, so that no discovery request is needed for them: 'group/version': namespaced kinds, then cluster-wide ones. */
const WELL_KNOWN: Readonly<Record<string, readonly [namespaced: string, clusterWide: string]>> = {
  v1: [
    'Pod pods, Service services, ConfigMap configmaps, Secret secrets, ServiceAccount serviceaccounts, Event events, Endpoints endpoints, PersistentVolumeClaim persistentvolumeclaims, ResourceQuota resourcequotas, LimitRange limitranges',
    'Namespace namespaces, Node nodes, PersistentVolume persistentvolumes',
  ],
  'apps/v1': ['Deployment deployments, DaemonSet daemonsets, ReplicaSet replicasets, StatefulSet statefulsets', ''],
  'batch/v1': ['Job jobs, CronJob cronjobs', ''],
  'rbac.authorization.k8s.io/v1': [
    'Role roles, RoleBinding rolebindings',
    'ClusterRole clusterroles, ClusterRoleBinding clusterrolebindings',
  ],
  'networking.k8s.io/v1': ['NetworkPolicy networkpolicies, Ingress ingresses', 'IngressClass ingressclasses'],
  'policy/v1': ['PodDisruptionBudget poddisruptionbudgets', ''],
  'coordination.k8s.io/v1': ['Lease leases', ''],
  'discovery.k8s.io/v1': ['EndpointSlice endpointslices', ''],
  'certificates.k8s.io/v1': ['', 'CertificateSigningRequest certificatesigningrequests'],
  'storage.k8s.io/v1': ['', 'StorageClass storageclasses, CSIDriver csidrivers, CSINode csinodes'],
  'scheduling.k8s.io/v1': ['', 'PriorityClass priorityclasses'],
  'node.k8s.io/v1': ['', 'RuntimeClass runtimeclasses'],
  'apiextensions.k8s.io/v1': ['', 'CustomResourceDefinition customresourcedefinitions'],
  'apiregistration.k8s.io/v1': ['', 'APIService apiservices'],
  'admissionregistration.k8s.io/v1': [
    '',
    'ValidatingAdmissionPolicy validatingadmissionpolicies, ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings, ValidatingWebhookConfiguration validatingwebhookconfigurations, MutatingWebhookConfiguration mutatingwebhookconfigurations',
  ],
};

export interface ResourcePaths {
  /** Path of one object; undefined when the cluster does not serve its kind. */
  one(ref: ObjectRef): Promise<string | undefined>;
  /** Path of all objects of a kind, in one namespace or all; undefined when the cluster does not serve the kind. */
  all(apiVersion: string, kind: string, namespace?: string): Promise<string | undefined>;
}

/** Resource paths by apiVersion and kind: a table for what every cluster has, API discovery for the rest. */
export function resourcePaths(get: (path: string) => Promise<ApiResponse>): ResourcePaths {
  const known = wellKnown();
  const serve = async (apiVersion: string, kind: string): Promise<Served | undefined> => {
    const key = `${apiVersion} ${kind}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    for (const [name, served] of await discover(get, apiVersion)) known.set(`${apiVersion} ${name}`, served);
    return known.get(key);
  };
  const all: ResourcePaths['all'] = async (apiVersion, kind, namespace) => {
    const served = await serve(apiVersion, kind);
    if (served === undefined) return undefined;
    const inside = served.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${root(apiVersion)}${inside}/${served.plural}`;
  };
  return {
    all,
    one: async (ref) => {
      const path = await all(ref.apiVersion, ref.kind, ref.namespace ?? 'default');
      return path === undefined ? undefined : `${path}/${encodeURIComponent(ref.name)}`;
    },
  };
}

/** 'v1' is the legacy core group, which has a root of its own. */
function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function wellKnown(): Map<string, Served> {
  const known = new Map<string, Served>();
  for (const [apiVersion, texts] of Object.entries(WELL_KNOWN)) {
    texts.forEach((pairs, index) => {
      for (const pair of pairs.split(', ').filter((each) => each !== '')) {
        const [kind = '', plural = ''] = pair.split(' ');
        known.set(`${apiVersion} ${kind}`, { plural, namespaced: index === 0 });
      }
    });
  }
  return known;
}

async function discover(get: (path: string) => Promise<ApiResponse>, apiVersion: string): Promise<[string, Served][]> {
  const path = root(apiVersion);
  const response = await get(path);
  if (response.status === 404) return [];
  if (response.status !== 200) throw refused(`list the kinds of ${apiVersion}`, `GET ${path}`, response);
  return list(response.body, 'resources').flatMap((resource): [string, Served][] => {
    const plural = text(resource, 'name');
    const kind = text(resource, 'kind');
    // Names with a slash are subresources.
    if (plural === undefined || kind === undefined || plural.includes('/')) return [];
    return [[kind, { plural, namespaced: (resource as { namespaced?: unknown }).namespaced === true }]];
  });
}
