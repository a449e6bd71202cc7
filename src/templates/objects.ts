import type { KubeObject } from '../model/api.js';
import { defined } from '../model/defined.js';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Of pods that the cluster itself needs: they are made elsewhere half a minute after their node was given up, which takes the controller
 * manager 40 s (--node-monitor-grace-period and the plugin DefaultTolerationSeconds, which is 300 where a pod says nothing).
 */
export const SOON_ELSEWHERE = ['not-ready', 'unreachable'].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 30,
}));

type Labels = Readonly<Record<string, string>>;

export function configMap(
  name: string,
  namespace: string,
  data: Readonly<Record<string, string>>,
  labels?: Labels,
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...labelled(labels) }, data };
}

export function serviceAccount(name: string, namespace: string, labels?: Labels): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, ...labelled(labels) } };
}

/** What one rule of a role allows. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Absent: all of these resources. */
  readonly resourceNames?: readonly string[];
}

export function clusterRole(name: string, rules: readonly Rule[], labels?: Labels): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name, ...labelled(labels) }, rules };
}

export function role(name: string, namespace: string, rules: readonly Rule[]): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name, namespace }, rules };
}

/** Who a role is given to. */
export type Subject =
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string }
  | { readonly kind: 'Group' | 'User'; readonly name: string };

export function clusterRoleBinding(name: string, roleName: string, subject: Subject, labels?: Labels): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, ...labelled(labels) },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: roleName },
    subjects: [subjectOf(subject)],
  };
}

export function roleBinding(
  name: string,
  namespace: string,
  roleName: string,
  ...subjects: readonly Subject[]
): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: roleName },
    subjects: subjects.map(subjectOf),
  };
}

function subjectOf(subject: Subject): object {
  return subject.kind === 'ServiceAccount' ? subject : { apiGroup: RBAC, ...subject };
}

function labelled(labels: Labels | undefined): object {
  return defined({ labels });
}
