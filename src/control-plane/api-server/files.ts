import { z } from 'zod';
import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { digestOf } from '../../model/text/digest.js';
import { fileDigest } from '../../model/text/sealed.js';
import { ENCRYPTION_CONFIG_PATH } from '../../pki/index.js';
import { directory, file } from '../../resources/index.js';
import { template } from '../../templates/template.js';
import { ADMISSION_PATH, AUDIT_LOG_DIR, AUDIT_POLICY_PATH, AUTHENTICATION_PATH } from './hardening.js';

/** Where it writes its audit log. */
export function apiServerFolders(): Resource[] {
  return [
    directory({ path: '/var/log/kubernetes', mode: 0o700, removeContents: true }),
    directory({ path: AUDIT_LOG_DIR, mode: 0o700 }),
  ];
}

/** What its flags name, besides keys and certificates. It reads them at its start. */
export function apiServerFiles(): Resource[] {
  return [
    file({ path: AUDIT_POLICY_PATH, content: auditPolicy(), mode: 0o600 }),
    file({ path: ADMISSION_PATH, content: admissionConfiguration(), mode: 0o600 }),
    file({ path: AUTHENTICATION_PATH, content: authenticationConfiguration(), mode: 0o600 }),
  ];
}

/** Of the files it reads at its start: a changed one has to restart it. */
export function apiServerFilesDigest({ node, material }: PhaseContext): string {
  const encryption = material[node.spec.name]?.[ENCRYPTION_CONFIG_PATH]?.content ?? '';
  return digestOf(auditPolicy(), admissionConfiguration(), authenticationConfiguration(), fileDigest(encryption));
}

const auditPolicyTemplate = template(new URL('./audit-policy.hbs', import.meta.url), z.strictObject({}));

/** What the API server's audit log holds. */
export function auditPolicy(): string {
  return auditPolicyTemplate({});
}

const admission = template(
  new URL('./admission.hbs', import.meta.url),
  z.strictObject({ exemptNamespaces: z.array(z.string()) }),
);

/** Admission plugins; pods in exempt namespaces may be privileged. Others with such pods, like a pod network's, say so by label. */
export function admissionConfiguration(): string {
  return admission({ exemptNamespaces: ['kube-system'] });
}

const authentication = template(
  new URL('./authentication.hbs', import.meta.url),
  z.strictObject({ anonymousPaths: z.array(z.string()) }),
);

/** Who may ask without credentials, and for what. */
export function authenticationConfiguration(): string {
  return authentication({ anonymousPaths: [...ANONYMOUS_PATHS] });
}

/** Health for load balancers and probes; cluster-info is how a joining node learns the CA (kubeadm: discovery/token). */
const ANONYMOUS_PATHS = [
  '/livez',
  '/readyz',
  '/healthz',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
] as const;
