import type { PodVolume } from '../../model/seams/component-pod.js';
import type { Flags } from '../../model/text/flags.js';
import { TLS_CIPHER_SUITES } from './tls.js';
import { ENCRYPTION_CONFIG_PATH, PKI_DIR } from '../../pki/index.js';

export const AUDIT_POLICY_PATH = '/etc/kubernetes/audit-policy.yaml';
export const ADMISSION_PATH = '/etc/kubernetes/admission.yaml';
export const AUTHENTICATION_PATH = '/etc/kubernetes/authentication.yaml';
export const AUDIT_LOG_DIR = '/var/log/kubernetes/audit';

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
    // Else watches hold a server that was told to end until its pod is killed, 30 s later. 200 a second are ended at least, so the bound
    // is hardly ever waited for (k8s.io/apiserver: genericapiserver.go).
    'shutdown-watch-termination-grace-period': '10s',
    'tls-cipher-suites': TLS_CIPHER_SUITES.join(','), // 1.2.29
    'tls-min-version': 'VersionTLS12',
    ...user,
  };
}

/** What those flags need mounted; kubeadm knows them as extraVolumes. */
export const API_SERVER_EXTRA_VOLUMES: readonly PodVolume[] = [
  { name: 'admission-config', path: ADMISSION_PATH, type: 'File', readOnly: true },
  { name: 'audit-log', path: AUDIT_LOG_DIR, type: 'DirectoryOrCreate', readOnly: false },
  { name: 'audit-policy', path: AUDIT_POLICY_PATH, type: 'File', readOnly: true },
  { name: 'authentication-config', path: AUTHENTICATION_PATH, type: 'File', readOnly: true },
  { name: 'encryption-config', path: ENCRYPTION_CONFIG_PATH, type: 'File', readOnly: true },
];
