import { z } from 'zod';
import type { KubeObject } from '../../model/api.js';
import type { PhaseContext } from '../../model/phase.js';
import { nodeEndpoint } from '../../model/seams/node-endpoint.js';
import { NODE_BOOTSTRAP_GROUP } from '../../pki/index.js';
import {
  clusterRoleBinding,
  configMap,
  role,
  roleBinding,
  serviceAccount,
  type Subject,
} from '../../templates/objects.js';
import { template } from '../../templates/template.js';
import { renderKubeProxyConfiguration } from './configuration.js';
import { runsOnHosts } from './on-host.js';
import { NAME, NAMESPACE } from './places.js';
import { proxyDaemonSet } from './pods.js';

const kubeconfig = template(new URL('./kubeconfig.hbs', import.meta.url), z.strictObject({ server: z.string() }));

/** kube-proxy as kubeadm installs it, or, where it runs on hosts, what it and `kubeadm join` need of that. */
export function proxyObjects(context: PhaseContext): KubeObject[] {
  const onHosts = runsOnHosts(context.spec);
  const data = {
    'config.conf': renderKubeProxyConfiguration(context),
    'kubeconfig.conf': kubeconfig({ server: `https://${nodeEndpoint(context)}` }),
  };
  return [
    configMap(NAME, NAMESPACE, data, { app: NAME }),
    ...(onHosts ? [] : [serviceAccount(NAME, NAMESPACE)]),
    clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', onHosts ? NODES : ACCOUNT),
    // `kubeadm join` reads it with its bootstrap token.
    role(NAME, NAMESPACE, [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [NAME], verbs: ['get'] }]),
    roleBinding(NAME, NAMESPACE, NAME, { kind: 'Group', name: NODE_BOOTSTRAP_GROUP }),
    ...(onHosts ? [] : [proxyDaemonSet(context, data)]),
  ];
}

/** Who it is to the API: its pods' account, or the node that it runs on. */
const ACCOUNT: Subject = { kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE };
const NODES: Subject = { kind: 'Group', name: 'system:nodes' };
