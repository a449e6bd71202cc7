import { ENCRYPTION_CONFIG_PATH, PKI_DIR } from '../pki/index.js';
import type { Volume } from './static-pod.js';

export const AUDIT_POLICY_PATH = '/etc/kubernetes/audit-policy.yaml';
export const ADMISSION_PATH = '/etc/kubernetes/admission.yaml';
export const AUTHENTICATION_PATH = '/etc/kubernetes/authentication.yaml';
export const AUDIT_LOG_DIR = '/var/log/kubernetes/audit';

/** TLS 1.2 suites with forward secrecy and AEAD (CIS 1.2.29 and 4.2.12); those of TLS 1.3 are always on. */
export const TLS_CIPHER_SUITES = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
] as const;

type Flags = Readonly<Record<string, string>>;

/**
 * What kinit sets beyond kubeadm's defaults on the API server, with the inventory's own flags over it.
 * Numbers are CIS Kubernetes 1.12's.
 */
export function apiServerExtraArgs(user: Flags): Record<string, string> {
  // These say who may come in anonymously or how tokens are checked; the file may not stand beside them.
  const ownAuthentication = Object.keys(user).some((name) => name === 'anonymous-auth' || name.startsWith('oidc-'));
  return {
    'admission-control-config-file': ADMISSION_PATH,
    'audit-log-maxage': '30', // 1.2.17
    'audit-log-maxbackup': '10', // 1.2.18
    'audit-log-maxsize': '100', // 1.2.19
    'audit-log-path': `${AUDIT_LOG_DIR}/audit.log`, // 1.2.16
    'audit-policy-file': AUDIT_POLICY_PATH, // 3.2.1
    ...(ownAuthentication ? {} : { 'authentication-config': AUTHENTICATION_PATH }), // 1.2.1
    'enable-admission-plugins': 'DenyServiceExternalIPs,EventRateLimit,NodeRestriction', // 1.2.3, 1.2.9, 1.2.14
    'encryption-provider-config': ENCRYPTION_CONFIG_PATH, // 1.2.27
    'kubelet-certificate-authority': `${PKI_DIR}/ca.crt`, // 1.2.5
    profiling: 'false', // 1.2.15
    'service-account-extend-token-expiration': 'false', // 1.2.30
    'tls-cipher-suites': TLS_CIPHER_SUITES.join(','), // 1.2.29
    'tls-min-version': 'VersionTLS12',
    ...user,
  };
}

/** What those flags need mounted; kubeadm knows them as extraVolumes. */
export const API_SERVER_EXTRA_VOLUMES: readonly Volume[] = [
  { name: 'admission-config', path: ADMISSION_PATH, type: 'File', readOnly: true },
  { name: 'audit-log', path: AUDIT_LOG_DIR, type: 'DirectoryOrCreate', readOnly: false },
  { name: 'audit-policy', path: AUDIT_POLICY_PATH, type: 'File', readOnly: true },
  { name: 'authentication-config', path: AUTHENTICATION_PATH, type: 'File', readOnly: true },
  { name: 'encryption-config', path: ENCRYPTION_CONFIG_PATH, type: 'File', readOnly: true },
];

/** The controller manager's, likewise. */
export function controllerManagerExtraArgs(user: Flags, cloudProvider: 'none' | 'external'): Record<string, string> {
  return {
    ...(cloudProvider === 'external' ? { 'cloud-provider': 'external' } : {}),
    // At its first start it makes a ServiceAccount for each of its controllers, 100 requests one after the other: with a
    // burst of 30 and then 20 a second that takes 5 s, in which no certificate is signed and no pod made.
    'kube-api-burst': '200',
    profiling: 'false', // 1.3.2
    'terminated-pod-gc-threshold': '1000', // 1.3.1; upstream keeps 12500, more than a small control plane should hold
    ...user,
  };
}

/** The scheduler's, likewise. */
export function schedulerExtraArgs(user: Flags): Record<string, string> {
  return { profiling: 'false' /* 1.4.1 */, ...user };
}
