import { object } from '../../resources/index.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import type { KubeObject } from '../../model/api.js';
import { podNetworkOf } from '../../network/index.js';
import { corednsObjects, kubeProxyObjects } from '../../templates/index.js';

export const proxy: Phase = addon('proxy', 'kube-proxy', kubeProxyObjects);
export const dns: Phase = addon('dns', 'Cluster DNS (CoreDNS)', corednsObjects);
export const network: Phase = {
  ...addon('network', 'Pod network', (context) => podNetworkOf(context.spec)?.objects(context) ?? []),
  appliesTo: ({ node, leader, spec }) => node === leader && podNetworkOf(spec) !== undefined,
};

function addon(id: string, title: string, objects: (context: PhaseContext) => readonly KubeObject[]): Phase {
  return {
    id,
    title,
    appliesTo: ({ node, leader }) => node === leader,
    after: ['control-plane'],
    resources: (context) => objects(context).map((wanted) => object({ object: wanted })),
  };
}
