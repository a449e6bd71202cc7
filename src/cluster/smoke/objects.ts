import type { KubeObject } from '../../model/api.js';
import { shellScript } from '../../shell/script.js';

/**
 * Seconds a probe pod goes on asking before it gives up. Where the API was away for a while, kube-proxy and the pod network's agents ask
 * it again after up to 60 s (client-go: the backoff of a Reflector, 30 s with as much jitter): until then they know of no new node.
 */
export const PROBE_LIMIT_SECONDS = 75;
const PORT = 8080;
/** In a large cluster it is enough that this many backends answer: all nodes ask, so that each pairing is likely seen by some. */
const ENOUGH = 5;

/** They run in a container, with what it needs in the environment. */
const SERVER = shellScript('./server.sh', import.meta.url);
const CLIENT = shellScript('./client.sh', import.meta.url);

/** On all that a probe makes, with the probe's name. */
export const PROBE_LABEL = 'kinit/probe';

/** What is the same for all objects of one probe. */
interface Probe {
  readonly name: string;
  readonly namespace: string;
}

export function probeService({ name, namespace }: Probe): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { [PROBE_LABEL]: name } },
    // A pod whose asking container has ended is not ready, but must go on answering the others.
    spec: {
      selector: { [PROBE_LABEL]: name },
      publishNotReadyAddresses: true,
      ports: [{ name: 'http', port: PORT, targetPort: PORT, protocol: 'TCP' }],
    },
  };
}

export interface ProbePod extends Probe {
  readonly node: string;
  readonly image: string;
  readonly domain: string;
  /** Address of the Service. */
  readonly clusterIP: string;
  /** Pods on other nodes. */
  readonly others: number;
}

/** Admitted by the `restricted` pod security standard. Placed by name, past the scheduler: a node's taints must not hide its faults. */
export function probePod(pod: ProbePod): KubeObject {
  const environment = {
    NODE: pod.node,
    NAME: `${pod.name}.${pod.namespace}.svc.${pod.domain}`,
    ADDRESS: pod.clusterIP,
    PORT: String(PORT),
    WANT: String(Math.min(pod.others + 1, ENOUGH)),
    LIMIT: String(PROBE_LIMIT_SECONDS),
  };
  const container = (name: string, script: string): unknown => ({
    name,
    image: pod.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['busybox', 'sh', '-c', script],
    env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
    resources: { requests: { cpu: '1m', memory: '4Mi' }, limits: { memory: '64Mi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'work', mountPath: '/work' }],
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${pod.name}-${pod.node}`, namespace: pod.namespace, labels: { [PROBE_LABEL]: pod.name } },
    spec: {
      nodeName: pod.node,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        runAsGroup: 65534,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumes: [{ name: 'work', emptyDir: {} }],
      containers: [container('server', SERVER.text), container('client', CLIENT.text)],
    },
  };
}
