import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, type X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyAlgorithm } from '../../model/spec.js';
import { sha256Hex } from '../../model/text/digest.js';
import { sealedKeyOf } from '../../model/text/sealed.js';

export interface PrivateKey {
  /** PEM as kubeadm writes it (RSA: PKCS#1, ECDSA: SEC 1), or the text it was read from. Secret. */
  readonly pem: string;
  /** Absent: it stayed on its host, and can be compared, not signed with. */
  readonly key?: KeyObject;
  /** SHA-256 of its public half; absent where its host could not tell. */
  readonly publicId?: string;
}

/** One that can sign. */
export type OpenKey = PrivateKey & { readonly key: KeyObject };

/** A new key, made off the main thread. */
export async function newKey(algorithm: KeyAlgorithm): Promise<OpenKey> {
  if (algorithm === 'ECDSA-P256') {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    return { key: privateKey, pem: privateKey.export({ type: 'sec1', format: 'pem' }).toString() };
  }
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: Number(algorithm.slice('RSA-'.length)),
  });
  return { key: privateKey, pem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
}

/** undefined when the text is no private key that can be read without a password. */
export function readKey(pem: string): PrivateKey | undefined {
  const sealed = sealedKeyOf(pem);
  if (sealed !== undefined)
    return sealed === 'none' ? undefined : { pem, ...(sealed === 'unknown' ? {} : { publicId: sealed }) };
  try {
    return { key: createPrivateKey(pem), pem };
  } catch {
    return undefined;
  }
}

/** Whether it is the key of a certificate; true where that cannot be told from here. */
export function isKeyOf({ key, publicId }: PrivateKey, certificate: X509Certificate): boolean {
  if (key !== undefined) return certificate.checkPrivateKey(key);
  return publicId === undefined || publicId === publicIdOf(certificate.publicKey);
}

/** SHA-256 of a public key as facts tell that of a private one. */
export function publicIdOf(key: KeyObject): string {
  return sha256Hex(key.export({ type: 'spki', format: 'der' }));
}

/** The public half as PEM ("PUBLIC KEY"), as kubeadm writes sa.pub. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
