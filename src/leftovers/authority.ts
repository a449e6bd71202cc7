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

/** The same for what is asked again and again, once for each host: those of the last text are kept. */
export function authoritiesOf(pem: string | undefined): readonly X509Certificate[] {
  if (lately.pem !== pem) lately = { pem, certificates: certificatesOf(pem) };
  return lately.certificates;
}

let lately: { readonly pem: string | undefined; readonly certificates: readonly X509Certificate[] } = {
  pem: undefined,
  certificates: [],
};

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
