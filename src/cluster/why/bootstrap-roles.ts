import type { ClusterApi, KubeObject } from '../../model/api.js';
import { text } from '../api/json.js';

const RBAC = 'rbac.authorization.k8s.io/v1';
/** k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy: what an API server makes at its start carries it. */
const DEFAULTS = 'kubernetes.io/bootstrapping';

/**
 * Roles and bindings that an API server makes at its start and that somebody deleted, as 'ClusterRole NAME'. What is bound to a role that
 * is not there may do nothing, and a role that is bound to nobody helps nobody.
 */
export function lostDefaults(roles: readonly KubeObject[], bindings: readonly KubeObject[]): string[] {
  const there = new Set(roles.map(({ metadata }) => metadata.name));
  const bound = new Set(bindings.map(({ metadata }) => metadata.name));
  const dangling = bindings
    .filter((binding) => isDefault(binding) || binding.metadata.name.startsWith('kubeadm:'))
    .filter((binding) => text(binding, 'roleRef', 'kind') === 'ClusterRole')
    .flatMap((binding) => text(binding, 'roleRef', 'name') ?? [])
    .filter((name) => name.startsWith('system:') && !there.has(name));
  const unbound = roles
    .filter((role) => isDefault(role) && HAS_BINDING.test(role.metadata.name) && !bound.has(role.metadata.name))
    .map(({ metadata }) => `ClusterRoleBinding ${metadata.name}`);
  return [...new Set(dangling.map((name) => `ClusterRole ${name}`)), ...unbound];
}

/** Roles that have a binding of the same name. */
const HAS_BINDING = /^system:(controller:.*|kube-controller-manager|kube-scheduler|node-proxier)$/;

const isDefault = ({ metadata }: KubeObject): boolean => metadata.labels?.[DEFAULTS] === 'rbac-defaults';

/** The same of a cluster; none where it does not tell. */
export async function askLostDefaults(api: ClusterApi): Promise<string[]> {
  try {
    const [roles, bindings] = await Promise.all([api.list(RBAC, 'ClusterRole'), api.list(RBAC, 'ClusterRoleBinding')]);
    return lostDefaults(roles, bindings);
  } catch {
    return [];
  }
}
