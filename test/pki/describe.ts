import { X509Certificate } from 'node:crypto';

/** What two certificates must have in common to serve the same purpose. */
export function describeCertificate(pem: string): Record<string, unknown> {
  const x509 = new X509Certificate(pem);
  const text = x509.raw.toString('latin1');
  // KeyUsage extension: OID 2.5.29.15, critical TRUE, OCTET STRING of a BIT STRING.
  const keyUsage = /\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02([\s\S]{2})/.exec(text)?.[1] ?? '';
  return {
    subject: x509.subject,
    issuer: x509.issuer,
    isCa: x509.ca,
    keyUsage: Buffer.from(keyUsage, 'latin1').toString('hex'),
    extendedKeyUsage: x509.keyUsage ?? [],
    sans: (x509.subjectAltName ?? '')
      .split(', ')
      .filter((san) => san !== '')
      .sort(),
    validityDays: Math.round((Date.parse(x509.validTo) - Date.parse(x509.validFrom)) / 86_400_000),
    backdateMinutes: Math.round(((Date.parse(x509.validTo) - Date.parse(x509.validFrom)) % 86_400_000) / 60_000),
  };
}
