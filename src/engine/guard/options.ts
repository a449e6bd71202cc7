import { withoutEffect } from '../../datastore/index.js';
import { guardedOptions, guardedValues } from '../../inventory/guarded.js';
import type { Spec } from '../../model/spec.js';
import type { KnownCluster } from './cluster.js';
import type { Refusal } from './refusal.js';
import { ADDRESS } from './virtual-address.js';

/** Options that are compared by what they mean, elsewhere in this room; the last one by what lies on each host (runtime/packaged.ts). */
const BY_MEANING = new Set([
  'kubernetesVersion',
  'clusterId',
  'apiServer.endpoint',
  'apiServer.balancer',
  'apiServer.balancerPort',
  ADDRESS,
  'runtime.name',
  'runtime.from',
]);

/** Every option that is fixed or moved and is not what it was; what is not known of the cluster is not compared. */
export function changedOptions(spec: Spec, { options }: Pick<KnownCluster, 'options'>): Refusal[] {
  const wanted = guardedValues(spec);
  const usual = defaultFlags(spec);
  // Of another datastore than there is, or than there was: nothing went by it.
  const before = options['datastore'] ?? spec.datastore;
  const idle = [spec.datastore, before].flatMap((datastore) => withoutEffect({ datastore }).options);
  return guardedOptions().flatMap(({ path, why, way }): Refusal[] => {
    const there = options[path];
    const value = wanted[path];
    if (idle.some((option) => path === option || path.startsWith(`${option}.`))) return [];
    if (BY_MEANING.has(path) || there === undefined || value === undefined) return [];
    // A flag that is given as kinit gives it anyway is no change.
    if ((there ?? usual[path]) === (value ?? usual[path])) return [];
    const back = there === null ? `Take ${path} out of the inventory.` : `Set ${path}: ${there}.`;
    return [{ option: path, there: there ?? 'none', wanted: value ?? 'none', why, todo: todo(back, way) }];
  });
}

/** What kinit gives where the inventory does not, for flags that are guarded by themselves. */
function defaultFlags({ network }: Spec): Readonly<Record<string, string>> {
  return {
    // The API server's own.
    'datastoreServer.prefix': '/registry',
    'apiServer.extraArgs.service-account-issuer': `https://kubernetes.default.svc.${network.domain}`,
    'apiServer.extraArgs.service-cluster-ip-range': network.serviceCIDR,
    'controllerManager.extraArgs.service-cluster-ip-range': network.serviceCIDR,
    'controllerManager.extraArgs.cluster-cidr': network.podCIDR,
  };
}

function todo(back: string, way: string | undefined): string {
  return way === undefined ? `${back} For another one make a new cluster.` : `${back} ${way}`;
}
