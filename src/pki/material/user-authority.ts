import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { isKeyOf, readKey } from '../x509/keys.js';
import * as der from '../x509/der.js';
import { hasExplicitCurve, readCertificate } from '../x509/read.js';
import type { UserCa } from '../types.js';
import { day } from '../x509/day.js';

/** Why a user's own CA cannot serve. */
export interface AuthorityFault {
  /** The file it is about, by its option. */
  readonly file: 'certFile' | 'keyFile';
  readonly message: string;
}

/**
 * What is wrong with a CA for a cluster, in words that follow the file's name; undefined where nothing is. What Kubernetes' own
 * programs cannot work with is a fault here: Go knows fewer kinds of keys than OpenSSL, and kubeadm fewer than Go.
 */
export function userAuthorityFault({ cert, key }: UserCa, now: Date): AuthorityFault | undefined {
  const ofCertificate = certificateFault(cert, now);
  if (ofCertificate !== undefined) return { file: 'certFile', message: ofCertificate };
  if (key === undefined) return undefined;
  const ofKey = keyFault(key);
  if (ofKey !== undefined) return { file: 'keyFile', message: ofKey };
  const certificate = readCertificate(firstCertificate(cert));
  const read = readKey(key);
  return certificate !== undefined && read !== undefined && isKeyOf(read, certificate.x509)
    ? undefined
    : { file: 'keyFile', message: 'is not the key of certFile' };
}

/** What of a chain signs: its first certificate. Everything that trusts it needs no root beside it. */
export function firstCertificate(pem: string): string {
  const [first] = /-----BEGIN (TRUSTED )?CERTIFICATE-----[^-]*-----END (TRUSTED )?CERTIFICATE-----/.exec(pem) ?? [];
  return first === undefined ? pem : `${first}\n`;
}

function certificateFault(pem: string, now: Date): string | undefined {
  const certificate = readCertificate(firstCertificate(pem));
  if (certificate === undefined) return 'holds no certificate in PEM form';
  const { x509, notBefore, notAfter } = certificate;
  if (!certificate.saysCa) return 'is not a CA (basicConstraints CA:TRUE is missing)';
  if (!certificate.maySign) return 'may not sign certificates (key usage keyCertSign is missing)';
  if (notAfter <= now) return `ran out on ${day(notAfter)}`;
  if (notBefore > now) return `is not valid before ${day(notBefore)}`;
  if (certificate.hasNameConstraints) return 'has name constraints, which the names of a cluster do not keep to';
  const usages = x509.keyUsage as string[] | undefined;
  if (usages !== undefined && !usages.includes(ANY_USAGE) && !NEEDED_USAGES.every((usage) => usages.includes(usage)))
    return 'is limited to other usages than serverAuth and clientAuth (extended key usage)';
  return certificate.explicitCurve ? EXPLICIT : kindFault(x509.publicKey);
}

function keyFault(pem: string): string | undefined {
  try {
    const key = createPrivateKey(pem);
    const info = createPublicKey(key).export({ type: 'spki', format: 'der' });
    return hasExplicitCurve(der.fromBytes(info)) ? EXPLICIT : kindFault(key);
  } catch {
    return /ENCRYPTED/.test(pem)
      ? 'is encrypted: kinit and the controller manager need it without a password'
      : 'holds no private key in PEM form that can be read';
  }
}

const ANY_USAGE = '2.5.29.37.0';
/** serverAuth, clientAuth. */
const NEEDED_USAGES = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

const NAMES: Readonly<Record<string, string>> = {
  'rsa-pss': 'an RSA-PSS key, which no program of Kubernetes can read',
  ed25519: 'an Ed25519 key, which kubeadm cannot renew certificates with',
  ed448: 'an Ed448 key, which no program of Kubernetes can read',
  dsa: 'a DSA key, which no program of Kubernetes can use',
};
/** P-256, P-384 and P-521 by OpenSSL's names. */
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const FIT = 'RSA from 2048 bits on, or ECDSA on P-256, P-384 or P-521';
const EXPLICIT = `has an EC key with explicit curve parameters; needed: ${FIT}`;

function kindFault({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    return bits >= 2048 ? undefined : `has an RSA key of ${String(bits)} bits; needed: ${FIT}`;
  }
  if (type === 'ec') {
    const curve = details?.namedCurve;
    return curve !== undefined && CURVES.includes(curve)
      ? undefined
      : `has an EC key on the curve ${curve ?? 'unknown'}; needed: ${FIT}`;
  }
  return `has ${NAMES[type ?? ''] ?? `a key of the kind ${type ?? 'unknown'}`}; needed: ${FIT}`;
}
