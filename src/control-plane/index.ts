import { datastoreOf } from '../datastore/index.js';
import type { Spec } from '../model/spec.js';
import type { CertificateWishes, WishesInput } from '../pki/index.js';
import type { ControlPlaneForm } from './control-plane.js';
import { staticPods } from './static-pods/index.js';

export { TLS_CIPHER_SUITES } from './api-server/tls.js';
export { kubeadmConfigMaps } from './kubeadm/config-maps.js';
export { kubeadmRbac } from './kubeadm/rbac.js';
export type { ControlPlaneForm } from './control-plane.js';

/** Every form there is, by the inventory's `controlPlane`. A new one is a folder beside and its name here. */
export const FORMS: readonly [ControlPlaneForm, ...ControlPlaneForm[]] = [staticPods];

/** The form of an inventory. */
export function controlPlaneOf(spec: Spec): ControlPlaneForm {
  return FORMS.find(({ id }) => id === spec.controlPlane) ?? FORMS[0];
}

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
