import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export interface PrivateKey {
  readonly key: KeyObject;
  /** PKCS#1 PEM, as kubeadm writes RSA keys; or the text it was read from. Secret. */
  readonly pem: string;
}

/** A new RSA key, made off the main thread. */
export async function newKey(bits: number): Promise<PrivateKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
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
