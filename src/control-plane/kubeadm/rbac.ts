import type { KubeObject } from '../../model/api.js';
import { NODE_BOOTSTRAP_GROUP } from '../../pki/index.js';
import { clusterRole, clusterRoleBinding, role, roleBinding, type Subject } from '../../templates/objects.js';

/** Roles and bindings that `kubeadm init` makes: administrators, joining nodes, who may read which ConfigMap. */
export function kubeadmRbac(): KubeObject[] {
  const joining = group(NODE_BOOTSTRAP_GROUP);
  const nodes = group('system:nodes');
  return [
    clusterRoleBinding('kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins')),
    clusterRole('kubeadm:get-nodes', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }]),
    clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', joining),
    clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', joining),
    clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', `${SIGNING}:nodeclient`, joining),
    clusterRoleBinding('kubeadm:node-autoapprove-certificate-rotation', `${SIGNING}:selfnodeclient`, nodes),
    clusterRoleBinding(
      'kubeadm:apiserver-kubelet-client',
      'system:kubelet-api-admin',
      user('kube-apiserver-kubelet-client'),
    ),
    ...mayGetConfigMap('kubeadm:nodes-kubeadm-config', 'kube-system', 'kubeadm-config', joining, nodes),
    ...mayGetConfigMap('kubeadm:kubelet-config', 'kube-system', 'kubelet-config', nodes, joining),
    ...mayGetConfigMap('kubeadm:bootstrap-signer-clusterinfo', 'kube-public', 'cluster-info', user('system:anonymous')),
  ];
}

const SIGNING = 'system:certificates.k8s.io:certificatesigningrequests';

const group = (name: string): Subject => ({ kind: 'Group', name });
const user = (name: string): Subject => ({ kind: 'User', name });

/** A role of that name, and its binding. */
function mayGetConfigMap(
  name: string,
  namespace: string,
  configMap: string,
  ...subjects: readonly Subject[]
): readonly [KubeObject, KubeObject] {
  const rule = { apiGroups: [''], resources: ['configmaps'], resourceNames: [configMap], verbs: ['get'] };
  return [role(name, namespace, [rule]), roleBinding(name, namespace, name, ...subjects)];
}
