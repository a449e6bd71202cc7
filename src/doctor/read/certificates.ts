import { X509Certificate } from 'node:crypto';
import type { HostEvidence } from '../evidence.js';

export interface Certificate {
  readonly path: string;
  /** For a person: CN, else the whole subject. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Certificates in files and kubeconfigs of the host. */
export function certificates({ text }: HostEvidence): Certificate[] {
  return (text['certificates'] ?? '').split(/\n=== /).flatMap((part) => {
    const [path = '', ...rows] = part.replace(/^=== /, '').split('\n');
    const pem = rows.join('\n').trim();
    if (!pem.startsWith('-----BEGIN CERTIFICATE')) return [];
    try {
      const x509 = new X509Certificate(pem);
      return [
        {
          path,
          subject: /CN=(.*)/.exec(x509.subject)?.[1] ?? x509.subject.replaceAll('\n', ', '),
          notBefore: new Date(x509.validFrom),
          notAfter: new Date(x509.validTo),
        },
      ];
    } catch {
      return [];
    }
  });
}

/** The host's own clock, in milliseconds since 1970. */
export function hostTime(takenAt: string, { facts }: HostEvidence): number {
  return Date.parse(takenAt) + facts.clockOffsetMs;
}
