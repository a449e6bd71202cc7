import { z } from 'zod';
import { template } from './template.js';

/** What the API server's audit log holds. */
export const auditPolicy = template(new URL('./audit-policy.hbs', import.meta.url), z.strictObject({}));

/** Admission plugins of the API server; pods in exempt namespaces may be privileged. */
export const admissionConfiguration = template(
  new URL('./admission.hbs', import.meta.url),
  z.strictObject({ exemptNamespaces: z.array(z.string()) }),
);

/** Who may ask without credentials, and for what. */
export const authenticationConfiguration = template(
  new URL('./authentication.hbs', import.meta.url),
  z.strictObject({ anonymousPaths: z.array(z.string()) }),
);

/** Health for load balancers and probes; cluster-info is how a joining node learns the CA (kubeadm: discovery/token). */
export const ANONYMOUS_PATHS = [
  '/livez',
  '/readyz',
  '/healthz',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
] as const;
