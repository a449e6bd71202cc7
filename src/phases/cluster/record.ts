import { addOns } from '../../add-ons/index.js';
import { nameOf, refOf } from '../../cluster/api/client.js';
import { recordText } from '../../cluster/record/text.js';
import { balancerOf, kubeadmConfigMaps, kubeadmRbac } from '../../control-plane/index.js';
import { datastoreOf } from '../../datastore/index.js';
import { guardedValues } from '../../inventory/guarded.js';
import type { KubeObject } from '../../model/api.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { RECORD, RECORD_VERSION, type ClusterRecord } from '../../model/record.js';
import { networkOf } from '../../network/index.js';
import { clusterRecord, file } from '../../resources/index.js';
import { sharedKubeletConfiguration } from './kubelet/index.js';

/** What a later run cannot derive from the hosts that answer then. Written before what it tells of is done: a run that is cut goes on by it. */
export const record: Phase = {
  id: 'record',
  title: 'Record of the cluster',
  appliesTo: ({ node }) => node.isControlPlane,
  after: ['control-plane'],
  // Nodes that join stand in it.
  alsoOnOthers: true,
  resources: (context) => {
    const wanted = recordOf(context);
    const copy = file({ path: RECORD.path, content: recordText(wanted), mode: 0o600 });
    return context.node === context.leader ? [clusterRecord(wanted), copy] : [copy];
  },
};

function recordOf(context: PhaseContext): ClusterRecord {
  const { spec, decisions, members, kinit } = context;
  const controlPlanes = Object.entries(members).filter(([, { controlPlane }]) => controlPlane);
  return {
    version: RECORD_VERSION,
    kinit,
    // What is on its way stands in the moves.
    kubernetes: context.upgradesFrom ?? spec.kubernetesVersion,
    options: { ...guardedValues(spec) },
    decisions: { ...decisions },
    nodes: { ...members },
    datastore: {
      kind: datastoreOf(spec).id,
      members: Object.fromEntries(controlPlanes.map(([name, { address }]) => [name, address])),
    },
    addOns: Object.fromEntries(
      Object.entries(objectsOf(context)).map(([phase, objects]) => [phase, objects.map((each) => nameOf(refOf(each)))]),
    ),
    moves: [...context.moves],
  };
}

function objectsOf(context: PhaseContext): Readonly<Record<string, readonly KubeObject[]>> {
  const network = networkOf(context.spec);
  return {
    'cluster-config': [...kubeadmRbac(), ...kubeadmConfigMaps(context, sharedKubeletConfiguration(context))],
    ...Object.fromEntries(addOns.map(({ id, objects }) => [id, objects(context)])),
    'balancer-elsewhere': balancerOf(context.spec)?.objects(context) ?? [],
    ...(network.unproved === undefined ? { network: network.objects(context) } : {}),
  };
}
