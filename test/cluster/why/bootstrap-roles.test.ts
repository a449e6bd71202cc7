import { expect, test } from 'vitest';
import { lostDefaults } from '../../../src/cluster/why/bootstrap-roles.js';
import type { KubeObject } from '../../../src/model/api.js';

const DEFAULTS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

function role(name: string, labels: Record<string, string> = DEFAULTS): KubeObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels } };
}

function binding(name: string, to: string, labels: Record<string, string> = DEFAULTS): KubeObject {
  return { ...role(name, labels), kind: 'ClusterRoleBinding', roleRef: { kind: 'ClusterRole', name: to } };
}

const ROLES = ['system:node-proxier', 'system:node-bootstrapper', 'system:controller:node-controller'].map((name) =>
  role(name),
);
const BINDINGS = [
  binding('system:node-proxier', 'system:node-proxier'),
  binding('kubeadm:node-proxier', 'system:node-proxier', {}),
  binding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', {}),
  binding('system:controller:node-controller', 'system:controller:node-controller'),
];

test('nothing is lost where every default role and its binding are there', () => {
  expect(lostDefaults(ROLES, BINDINGS)).toEqual([]);
});

test('a default role that is bound and not there, once; also one that only kubeadm binds', () => {
  expect(lostDefaults(ROLES.slice(2), BINDINGS)).toEqual([
    'ClusterRole system:node-proxier',
    'ClusterRole system:node-bootstrapper',
  ]);
});

test('the binding of a default role', () => {
  expect(lostDefaults(ROLES, BINDINGS.slice(1, 3))).toEqual([
    'ClusterRoleBinding system:node-proxier',
    'ClusterRoleBinding system:controller:node-controller',
  ]);
});

test('what others bind is their affair: a start of the API server does not make it', () => {
  expect(lostDefaults(ROLES, [...BINDINGS, binding('metrics', 'system:metrics-server', {})])).toEqual([]);
});
