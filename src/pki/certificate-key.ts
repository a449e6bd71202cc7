import { createCipheriv, randomBytes } from 'node:crypto';

/** What `kubeadm join --certificate-key` takes: 32 random bytes in hex (kubeadm: copycerts.CreateCertificateKey). Secret. */
export function newCertificateKey(): string {
  return randomBytes(32).toString('hex');
}

/** AES-256-GCM as kubeadm reads it: nonce, ciphertext, tag (kubeadm: util/crypto.DecryptBytes). @param key of newCertificateKey() */
export function encryptedWith(key: string, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}
