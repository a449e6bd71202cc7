import { createHash, createPublicKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import * as der from './der.js';
import type { ReadCertificate } from './read.js';

const OID = {
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  basicConstraints: '2.5.29.19',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  subjectAltName: '2.5.29.17',
  rsaWithSha256: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/** Extended key usages by kubeadm's names. */
export const USAGES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;
export type Usage = keyof typeof USAGES;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A CA that can sign. */
export interface Signer {
  readonly certificate: ReadCertificate;
  readonly key: KeyObject;
}

export interface LeafRequest {
  readonly commonName: string;
  readonly organization?: string;
  readonly usages: readonly Usage[];
  /** IP addresses and DNS names. */
  readonly sans: readonly string[];
}

/** A certificate for a public key, signed by a CA, with kubeadm's extensions (kubeadm: pkiutil.NewSignedCert). PEM. */
export function signLeaf(request: LeafRequest, publicKey: KeyObject, signer: Signer, validity: Validity): string {
  const keyId = signer.certificate.keyId;
  return assemble({
    subject: der.distinguishedName(request),
    issuer: signer.certificate.subject,
    publicKey,
    signingKey: signer.key,
    validity,
    extensions: [
      ...leafExtensions(request),
      ...(keyId === undefined
        ? []
        : [extension(OID.authorityKeyIdentifier, false, der.sequence(der.tagged(0, keyId)))]),
    ],
  });
}

/** What a certificate says besides its subject, but for its signer. */
export function leafExtensions({ usages, sans }: LeafRequest): der.Der[] {
  return [
    // digitalSignature + keyEncipherment
    extension(OID.keyUsage, true, der.bits('\xa0', 5)),
    extension(OID.extendedKeyUsage, false, der.sequence(...usages.map((usage) => der.oid(USAGES[usage])))),
    extension(OID.basicConstraints, true, der.sequence()),
    ...(sans.length === 0 ? [] : [subjectAltName(sans)]),
  ];
}

/** A self-signed CA as kubeadm makes it (client-go: cert.NewSelfSignedCACert, plus kubeadm's DNS name). PEM. */
export function selfSignCa(commonName: string, key: KeyObject, validity: Validity): string {
  const publicKey = createPublicKey(key);
  const subject = der.distinguishedName({ commonName });
  return assemble({
    subject,
    issuer: subject,
    publicKey,
    signingKey: key,
    validity,
    extensions: [
      // digitalSignature + keyEncipherment + keyCertSign
      extension(OID.keyUsage, true, der.bits('\xa4', 2)),
      extension(OID.basicConstraints, true, der.sequence(der.boolean(true))),
      extension(OID.subjectKeyIdentifier, false, der.octets(keyIdentifier(publicKey))),
      subjectAltName([commonName]),
    ],
  });
}

interface Parts {
  readonly subject: der.Der;
  readonly issuer: der.Der;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: der.Der[];
}

function assemble(parts: Parts): string {
  const algorithm = algorithmOf(parts.signingKey);
  const tbs = der.sequence(
    der.tagged(0, [der.integer('\x02')]),
    der.integer(serialNumber()),
    algorithm,
    parts.issuer,
    der.sequence(der.time(parts.validity.notBefore), der.time(parts.validity.notAfter)),
    parts.subject,
    der.fromBytes(parts.publicKey.export({ type: 'spki', format: 'der' })),
    der.tagged(3, [der.sequence(...parts.extensions)]),
  );
  return new X509Certificate(signed(tbs, parts.signingKey)).toString();
}

/** A body with its signature (RFC 5280, 4.1.1; RFC 2986, 4.2). Node signs, so that a user's ECDSA CA works too: forge knows RSA only. */
export function signed(body: der.Der, key: KeyObject): Buffer {
  const signature = sign('sha256', Buffer.from(der.toBytes(body), 'latin1'), key).toString('latin1');
  return Buffer.from(der.toBytes(der.sequence(body, algorithmOf(key), der.bits(signature))), 'latin1');
}

function algorithmOf(key: KeyObject): der.Der {
  return key.asymmetricKeyType === 'rsa'
    ? der.sequence(der.oid(OID.rsaWithSha256), der.nothing())
    : der.sequence(der.oid(OID.ecdsaWithSha256));
}

function extension(id: string, critical: boolean, value: der.Der): der.Der {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octets(der.toBytes(value)));
}

function subjectAltName(sans: readonly string[]): der.Der {
  return extension(OID.subjectAltName, false, der.sequence(...sans.map(der.generalName)));
}

// 63 bits: positive without padding, and never zero because the first byte has its second bit set.
function serialNumber(): string {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('latin1');
}

/** Left 160 bits of the SHA-256 of the public key (after RFC 7093): a name, not a protection. */
function keyIdentifier(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)
    .toString('latin1');
}
