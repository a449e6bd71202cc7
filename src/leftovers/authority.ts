import { X509Certificate } from 'node:crypto';

/** Certificates of a PEM text that can be read. */
export function certificatesOf(pem: string | undefined): readonly X509Certificate[] {
  const blocks = (pem ?? '').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** Whether one of the certificates is one of the authorities, or signed by one. */
export function belongsTo(authorities: readonly X509Certificate[], pem: string | undefined): boolean {
  return certificatesOf(pem).some((certificate) =>
    authorities.some(
      (authority) =>
        authority.fingerprint256 === certificate.fingerprint256 ||
        (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)),
    ),
  );
}

/** The authorities that a kubeconfig trusts, as PEM. */
export function authorityOf(kubeconfig: string): string {
  return [...kubeconfig.matchAll(/certificate-authority-data: *"?([A-Za-z0-9+/=]+)/g)]
    .map(([, data = '']) => Buffer.from(data, 'base64').toString('utf8'))
    .join('\n');
}
