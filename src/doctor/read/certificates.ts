import { X509Certificate } from 'node:crypto';
import type { HostEvidence } from '../evidence.js';

export interface Certificate {
  readonly path: string;
  /** For a person: CN, else the whole subject. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
}

/** The cluster's CA, as every node has it, and what a kubelet signs for itself where nobody gave it a serving certificate. */
export const CLUSTER_CA = '/etc/kubernetes/pki/ca.crt';
const KUBELET_SERVING = '/var/lib/kubelet/pki/kubelet.crt';

/** Certificates in files and kubeconfigs of the host, but for one that nobody verifies. */
export function certificates(host: HostEvidence): Certificate[] {
  const all = read(host);
  const ca = all.find(({ path }) => path === CLUSTER_CA)?.x509;
  return all
    .filter(({ path, x509 }) => path !== KUBELET_SERVING || (ca !== undefined && x509.checkIssued(ca)))
    .map(({ path, x509 }) => ({
      path,
      subject: /CN=(.*)/.exec(x509.subject)?.[1] ?? x509.subject.replaceAll('\n', ', '),
      notBefore: new Date(x509.validFrom),
      notAfter: new Date(x509.validTo),
      isCa: x509.ca,
    }));
}

/** Whether files of certificates could be looked for on it at all. */
export function sawCertificates({ text, unseen = {} }: HostEvidence): boolean {
  return !('certificates' in unseen) && (text['certificates'] ?? '').includes('=== ');
}

/** Whether there is a file of that path, whatever is in it. */
export function hasCertificate({ text }: HostEvidence, path: string): boolean {
  return (text['certificates'] ?? '').split('\n').includes(`=== ${path}`);
}

function read({ text }: HostEvidence): { readonly path: string; readonly x509: X509Certificate }[] {
  return (text['certificates'] ?? '').split(/\n=== /).flatMap((part) => {
    const [path = '', ...rows] = part.replace(/^=== /, '').split('\n');
    const pem = rows.join('\n').trim();
    if (!pem.startsWith('-----BEGIN CERTIFICATE')) return [];
    try {
      return [{ path, x509: new X509Certificate(pem) }];
    } catch {
      return [];
    }
  });
}

/** The host's own clock, in milliseconds since 1970. */
export function hostTime(takenAt: string, { facts }: HostEvidence): number {
  return Date.parse(takenAt) + facts.clockOffsetMs;
}
