import { X509Certificate } from 'node:crypto';
import { defined } from '../../model/defined.js';
import * as der from './der.js';

/** What kinit asks of a certificate it did not just make. */
export interface ReadCertificate {
  /** As found, byte for byte. */
  readonly pem: string;
  readonly x509: X509Certificate;
  /** Subject as encoded: an issuer field has to repeat it byte by byte. */
  readonly subject: der.Der;
  /** Subject key identifier, as a latin1 string of bytes. */
  readonly keyId?: string;
  readonly isCa: boolean;
  /** Key usage has keyCertSign, or sets no limits at all. */
  readonly maySign: boolean;
  readonly hasNameConstraints: boolean;
  /** basicConstraints say CA:TRUE; `isCa` asks the key usage too. */
  readonly saysCa: boolean;
  /** Its key's curve stands there in numbers, not by its name. */
  readonly explicitCurve: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The first certificate of a PEM text; undefined when there is none that parses. */
export function readCertificate(pem: string): ReadCertificate | undefined {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(pem);
  } catch {
    return undefined;
  }
  const tbs = list(list(der.fromBytes(x509.raw))[0]);
  const subject = tbs[5];
  if (subject === undefined) return undefined;
  const extensions = readExtensions(tbs);
  // SubjectKeyIdentifier is an OCTET STRING within the extension's own OCTET STRING: 04 <length> <bytes>.
  const keyId = extensions.get('2.5.29.14')?.slice(2);
  // KeyUsage is a BIT STRING: 03 <length> <unused bits> <first byte>; keyCertSign is bit 5 of it.
  const keyUsage = extensions.get('2.5.29.15');
  return {
    pem,
    x509,
    subject,
    ...defined({ keyId }),
    isCa: x509.ca,
    maySign: keyUsage === undefined || (keyUsage.charCodeAt(3) & 0x04) !== 0,
    hasNameConstraints: extensions.has('2.5.29.30'),
    // BasicConstraints begin with their boolean: 30 <length> 01 01 ff.
    saysCa: extensions.get('2.5.29.19')?.slice(2, 5) === '\x01\x01\xff',
    explicitCurve: hasExplicitCurve(tbs[6]),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
  };
}

/** Every certificate of a PEM text that can be read. */
export function readCertificates(pem: string): ReadCertificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => readCertificate(`${block}\n`) ?? []);
}

/** Whether a CA has signed a certificate, both as PEM; false where one cannot be read. */
export function isSignedBy(pem: string, caPem: string): boolean {
  const [certificate, ca] = [readCertificate(pem)?.x509, readCertificate(caPem)?.x509];
  return (
    certificate !== undefined && ca !== undefined && certificate.checkIssued(ca) && certificate.verify(ca.publicKey)
  );
}

/** Of a SubjectPublicKeyInfo: its algorithm's parameters are a sequence, where a named curve is an identifier (RFC 5480, 2.1.1). */
export function hasExplicitCurve(publicKeyInfo: der.Der | undefined): boolean {
  const [algorithm, parameters] = list(list(publicKeyInfo)[0]);
  return der.oidText(algorithm) === '1.2.840.10045.2.1' && Array.isArray(parameters?.value);
}

function readExtensions(tbs: readonly der.Der[]): Map<string, string> {
  const found = new Map<string, string>();
  const block = tbs.slice(7).find((item) => (item.type as number) === 3);
  for (const extension of list(list(block)[0])) {
    const fields = list(extension);
    const value = fields.at(-1)?.value;
    if (typeof value === 'string') found.set(der.oidText(fields[0]), value);
  }
  return found;
}

function list(node: der.Der | undefined): der.Der[] {
  return Array.isArray(node?.value) ? node.value : [];
}
