import { DATASTORES, datastoreOf, type Datastore } from '../datastore/index.js';
import type { ClaimedPort } from '../model/seams/port.js';
import { oncePer } from '../model/once.js';
import type { KindChoice } from '../model/spec/kinds.js';
import { balancerAddress } from '../model/seams/node-endpoint.js';
import { isControlPlane, type Spec } from '../model/spec.js';
import type { CertificateWishes, WishesInput } from '../pki/index.js';
import type { NodeBalancer } from './balancer.js';
import type { ControlPlaneForm } from './control-plane.js';
import { liveControlPlane, type LiveControlPlane } from './live.js';
import { embedded } from './embedded/index.js';
import { staticPods } from './static-pods/index.js';

export { TLS_CIPHER_SUITES } from './api-server/tls.js';
export { kubeadmConfigMaps } from './kubeadm/config-maps.js';
export { CLUSTER_CONFIGURATION, readClusterConfiguration, type KubeadmSays } from './kubeadm/read-back.js';
export { kubeadmRbac } from './kubeadm/rbac.js';
export { BALANCER_LABEL, balancerMembers } from './balancer.js';
export { renewedCredentials } from './controllers/renewed.js';
export { EMULATED_VERSION } from './emulation.js';
export { keeperOf, keptAddress, KEEPERS, withVirtualAddress } from './virtual-address/index.js';
export type { ControlPlaneForm, NodeAgent } from './control-plane.js';
export type { LiveControlPlane } from './live.js';

/** Every form there is, by the inventory's `controlPlane`. A new one is a folder beside and its name here. */
export const FORMS: readonly [ControlPlaneForm, ...ControlPlaneForm[]] = [staticPods, embedded];

/** What stands in the inventory about the kinds. */
export const controlPlaneChoice: KindChoice = {
  ids: FORMS.map(({ id }) => id),
  default: FORMS[0].id,
  describe: `How the control plane runs: ${FORMS.map(({ describe }) => describe).join('; ')}.`,
};

/** The form of an inventory. */
export function controlPlaneOf(spec: Spec): ControlPlaneForm {
  return FORMS.find(({ id }) => id === spec.controlPlane) ?? FORMS[0];
}

/** The inventory with the datastore that its control plane takes, where it names none. */
export function withDatastore(spec: Spec): Spec {
  const { datastoreAs } = controlPlaneOf(spec);
  const usual = DATASTORES.find((store) => store.usual === datastoreAs);
  return spec.datastore !== undefined || usual === undefined ? spec : { ...spec, datastore: usual.id };
}

/**
 * The inventory with the answer to `apiServer.balancer: auto`, where that is that there is one: by the form, its control-plane hosts,
 * and an endpoint of the user's own, which no virtual address is.
 */
export function withBalancer(spec: Spec): Spec {
  const { balancer, endpoint, virtualAddress } = spec.apiServer;
  // A virtual address is for people: nodes do better with a balancer of their own, whose API server is always one that answers.
  const theirs = endpoint !== undefined && virtualAddress === undefined;
  const several = spec.hosts.filter(isControlPlane).length >= controlPlaneOf(spec).balancer.from;
  return balancer === 'auto' && !theirs && several ? balanced(spec) : spec;
}

/** The inventory with a balancer on every node. */
export function balanced(spec: Spec): Spec {
  return { ...spec, apiServer: { ...spec.apiServer, balancer: 'local' } };
}

/** The balancer of this cluster's nodes; undefined: they have none. */
export function balancerOf(spec: Spec): NodeBalancer | undefined {
  return balancerAddress(spec) === undefined ? undefined : controlPlaneOf(spec).balancer;
}

/** The control plane that runs on a host, whoever made it; undefined: none. Asked by many in a run; a manifest takes a while to parse. */
export const controlPlaneOn: (manifests: Readonly<Record<string, string>>) => LiveControlPlane | undefined = oncePer(
  (manifests) => liveControlPlane(FORMS, manifests),
);

/** What a control-plane host needs of pki: the form's first, then the datastore's. */
export function certificateWishes(input: WishesInput): CertificateWishes {
  const form = controlPlaneOf(input.spec).certificates(input);
  const store = datastoreOf(input.spec).certificates(input);
  return {
    authorities: [...form.authorities, ...store.authorities],
    leaves: [...form.leaves, ...store.leaves],
    kubeconfigs: form.kubeconfigs,
  };
}

/** What has to be free on a control-plane host before it starts. */
export function controlPlanePorts(apiPort: number, form: ControlPlaneForm, store: Datastore): readonly ClaimedPort[] {
  const { apiServer } = form.components;
  const claimed = store.ports.claimed.map((port) =>
    form.datastoreAs === 'process' ? { ...port, owner: apiServer } : port,
  );
  return [{ port: apiPort, owner: apiServer }, ...claimed, ...form.ports];
}
