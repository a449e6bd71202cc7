import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyAlgorithm } from '../../model/spec.js';

export interface PrivateKey {
  readonly key: KeyObject;
  /** PEM as kubeadm writes it (RSA: PKCS#1, ECDSA: SEC 1), or the text it was read from. Secret. */
  readonly pem: string;
}

/** A new key, made off the main thread. */
export async function newKey(algorithm: KeyAlgorithm): Promise<PrivateKey> {
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
  try {
    return { key: createPrivateKey(pem), pem };
  } catch {
    return undefined;
  }
}

/** The public half as PEM ("PUBLIC KEY"), as kubeadm writes sa.pub. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
