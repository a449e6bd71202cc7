import { record } from '../../cluster/api/json.js';

/** What kinit sets itself in each node's configuration, from other options or from the host. */
const OWN = {
  kubelet: [
    'apiVersion',
    'kind',
    'authentication',
    'authorization',
    'cgroupDriver',
    'clusterDNS',
    'clusterDomain',
    'containerRuntimeEndpoint',
    'failCgroupV1',
    'failSwapOn',
    'healthzBindAddress',
    'healthzPort',
    'memorySwap',
    'resolvConf',
    'rotateCertificates',
    'serverTLSBootstrap',
    'staticPodPath',
  ],
  kubeProxy: ['apiVersion', 'kind', 'bindAddress', 'clientConnection', 'clusterCIDR', 'hostnameOverride', 'mode'],
} as const;

/**
 * What somebody has chosen in a component's configuration. kubeadm writes every field, unset ones as 0, "0s" and the like,
 * which stand for the component's own default.
 */
export function chosenFields(component: keyof typeof OWN, configuration: unknown): Readonly<Record<string, unknown>> {
  const own: readonly string[] = OWN[component];
  return Object.fromEntries(
    Object.entries(record(configuration)).flatMap(([key, value]) => {
      const kept = own.includes(key) ? undefined : withoutUnset(value);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function withoutUnset(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).flatMap(([key, inner]) => {
      const set = withoutUnset(inner);
      return set === undefined ? [] : [[key, set] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  return UNSET.has(value) ? undefined : value;
}

const UNSET: ReadonlySet<unknown> = new Set([0, '', '0', '0s', '0m0s', '0h0m0s', null, undefined]);
