import type { KubeObject } from '../../model/api.js';

/** Seconds a probe pod goes on asking before it gives up. */
export const PROBE_LIMIT_SECONDS = 45;
const PORT = 8080;
/** In a large cluster it is enough that this many backends answer: all nodes ask, so that each pairing is likely seen by some. */
const ENOUGH = 5;

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
      containers: [container('server', SERVER), container('client', CLIENT)],
    },
  };
}

/** Not every busybox has httpd (Alpine's has not); nc answers one request at a time. */
export const SERVER = `
printf '%s' "$NODE" >/work/name
busybox --list | busybox grep -qx httpd && exec busybox httpd -f -p "$PORT" -h /work
while :; do
  printf 'HTTP/1.0 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "\${#NODE}" "$NODE" | busybox nc -l -p "$PORT" >/dev/null
done
`;

/** Names are resolved by nslookup, which asks the DNS server itself; the Service is fetched by address, so that each fault shows for itself. Debian's static wget dies of its own -T, hence timeout. */
export const CLIENT = `
end=$(( $(busybox date +%s) + LIMIT ))
seen=' '; count=0; dns=no; last=
while [ "$(busybox date +%s)" -lt "$end" ]; do
  if [ "$dns" = no ]; then
    last=$(busybox nslookup "$NAME" 2>&1)
    if printf '%s\\n' "$last" | busybox grep -qwF "$ADDRESS"; then dns=yes; last=none; else busybox sleep 0.3; continue; fi
  fi
  if answer=$(busybox timeout 2 busybox wget -q -O - "http://$ADDRESS:$PORT/name" 2>&1); then
    case $seen in *" $answer "*) busybox sleep 0.1 ;; *) seen="$seen$answer "; count=$((count+1)) ;; esac
    [ "$count" -lt "$WANT" ] || exit 0
  else
    last=$answer; busybox sleep 0.2
  fi
done
if [ "$dns" = no ]; then
  printf 'DNS did not give %s for %s: %s' "$ADDRESS" "$NAME" "$last" | busybox tr '\\n' ' ' >/dev/termination-log
else
  printf 'the Service answered only from:%s(%s of %s nodes wanted). Last error: %s' "$seen" "$count" "$WANT" "$last" >/dev/termination-log
fi
exit 1
`;
