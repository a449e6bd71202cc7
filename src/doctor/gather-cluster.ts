import { refused } from '../cluster/api/errors.js';
import { emulatedVersion } from '../cluster/api/emulated.js';
import { field, list, text } from '../cluster/api/json.js';
import { lostDefaults } from '../cluster/why/bootstrap-roles.js';
import type { ClusterApi, KubeObject } from '../model/api.js';
import { defined } from '../model/defined.js';
import { KUBELET_SERVING } from '../model/signers.js';
import type { ClusterEvidence } from './evidence.js';
import { SYSTEM_NAMESPACES } from './networks.js';
import { redact, redactValues } from '../model/text/redact/index.js';

/** Of each kind; more would not be read by anybody. */
const MAX_OBJECTS = 2000;
const MAX_EVENTS = 300;

/** Asks the API for what causes and checks read. Throws 'access' where it does not answer, or does not tell. */
export async function gatherCluster(api: ClusterApi): Promise<ClusterEvidence> {
  const [readyz, version, nodes, pods, events, deployments, daemonSets, services, leases, requests, roles, bindings] =
    await Promise.all([
      api.request('GET', '/readyz?verbose'),
      api.request('GET', '/version'),
      some(api, '/api/v1/nodes'),
      some(api, '/api/v1/pods'),
      some(api, '/api/v1/events', '&fieldSelector=type%3DWarning'),
      some(api, '/apis/apps/v1/deployments'),
      some(api, '/apis/apps/v1/daemonsets'),
      some(api, '/api/v1/services'),
      some(api, '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'),
      some(
        api,
        '/apis/certificates.k8s.io/v1/certificatesigningrequests',
        `&fieldSelector=spec.signerName%3D${encodeURIComponent(KUBELET_SERVING)}`,
      ),
      some(api, '/apis/rbac.authorization.k8s.io/v1/clusterroles'),
      some(api, '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'),
    ]);
  const system = (object: KubeObject): boolean => SYSTEM_NAMESPACES.includes(object.metadata.namespace ?? '');
  return {
    version: text(version.body, 'gitVersion') ?? 'unknown',
    ...defined({ emulates: emulatedVersion(version.body) }),
    readyz: typeof readyz.body === 'string' ? readyz.body : `status ${readyz.status}`,
    nodes: nodes.map((node) =>
      reduced(
        'Node',
        node,
        {
          podCIDR: field(node, 'spec', 'podCIDR'),
          taints: field(node, 'spec', 'taints'),
          unschedulable: field(node, 'spec', 'unschedulable'),
        },
        nodeStatus(node),
      ),
    ),
    pods: pods.map((pod) => reduced('Pod', pod, podSpec(pod), field(pod, 'status'))),
    events: events.slice(-MAX_EVENTS).map(event),
    workloads: [
      ...deployments.map((each) => [each, 'Deployment'] as const),
      ...daemonSets.map((each) => [each, 'DaemonSet'] as const),
    ]
      .filter(([each]) => system(each))
      .map(([each, kind]) => reduced(kind, each, { replicas: field(each, 'spec', 'replicas') }, field(each, 'status'))),
    services: services
      .filter((each) => system(each) || each.metadata.name === 'kubernetes')
      .map((each) =>
        reduced(
          'Service',
          each,
          { clusterIP: field(each, 'spec', 'clusterIP'), ports: field(each, 'spec', 'ports') },
          undefined,
        ),
      ),
    leases: leases.map((each) => reduced('Lease', each, { renewTime: field(each, 'spec', 'renewTime') }, undefined)),
    lostDefaults: lostDefaults(roles, bindings),
    servingRequests: requests.map((each) =>
      reduced(
        'CertificateSigningRequest',
        each,
        { username: field(each, 'spec', 'username') },
        { conditions: field(each, 'status', 'conditions') },
      ),
    ),
  };
}

async function some(api: ClusterApi, path: string, more = ''): Promise<KubeObject[]> {
  const response = await api.request('GET', `${path}?limit=${MAX_OBJECTS}${more}`);
  // What is not told is not known to be absent.
  if (response.status !== 200) throw refused(`list ${path.split('/').at(-1) ?? ''}`, `GET ${path}`, response, 'access');
  return list(response.body, 'items') as KubeObject[];
}

/** A pod's specification may hold secrets in its environment and arguments; only where it runs and what it runs is kept. */
function podSpec(pod: KubeObject): Readonly<Record<string, unknown>> {
  const containers = list(pod, 'spec', 'containers').map((container) => ({
    name: field(container, 'name'),
    image: field(container, 'image'),
  }));
  return { nodeName: field(pod, 'spec', 'nodeName'), hostNetwork: field(pod, 'spec', 'hostNetwork'), containers };
}

function nodeStatus(node: KubeObject): unknown {
  return {
    conditions: field(node, 'status', 'conditions'),
    addresses: field(node, 'status', 'addresses'),
    nodeInfo: field(node, 'status', 'nodeInfo'),
    allocatable: field(node, 'status', 'allocatable'),
  };
}

function event(object: KubeObject): KubeObject {
  const seen =
    text(object, 'lastTimestamp') ?? text(object, 'eventTime') ?? text(object, 'metadata', 'creationTimestamp');
  return {
    ...reduced('Event', object, undefined, undefined),
    reason: field(object, 'reason'),
    message: redact(text(object, 'message') ?? ''),
    count: field(object, 'count'),
    lastTimestamp: seen,
    involvedObject: {
      kind: field(object, 'involvedObject', 'kind'),
      namespace: field(object, 'involvedObject', 'namespace'),
      name: field(object, 'involvedObject', 'name'),
    },
    source: { host: text(object, 'source', 'host') ?? text(object, 'reportingInstance') },
  };
}

function reduced(kind: string, object: KubeObject, spec: unknown, status: unknown): KubeObject {
  const { name, namespace, labels } = object.metadata;
  const created = field(object, 'metadata', 'creationTimestamp');
  const owner = text(object, 'metadata', 'ownerReferences', 0, 'kind');
  const mirror = object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  return {
    apiVersion: kind === 'Deployment' || kind === 'DaemonSet' ? 'apps/v1' : 'v1',
    kind,
    metadata: {
      name,
      ...defined({ namespace, labels }),
      creationTimestamp: created,
      generation: field(object, 'metadata', 'generation'),
      ...(mirror ? { static: true } : defined({ owner })),
    },
    ...defined({ spec }),
    ...(status === undefined ? {} : { status: redactValues(status) }),
  };
}
