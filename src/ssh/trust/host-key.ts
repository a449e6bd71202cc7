import { createHash } from 'node:crypto';

/** Fingerprint of a public key in SSH wire form, as ssh-keygen prints it: 'SHA256:<43 base64 characters>'. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type name a public key in SSH wire form begins with, for example 'ssh-ed25519' (RFC 4253, section 6.6). */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length < 4) return 'unknown';
  const length = bytes.readUInt32BE(0);
  return length > 64 ? 'unknown' : bytes.toString('latin1', 4, 4 + length);
}

/** A key type as people say it: 'ED25519', 'ECDSA', 'RSA', 'ED25519-SK-CERT'. */
export function shortType(type: string): string {
  const certificate = type.includes('-cert-') ? '-CERT' : '';
  const hardware = type.startsWith('sk-') ? '-SK' : '';
  const plain = type.replace(/^sk-/, '').replace(/(-cert-v01)?@openssh\.com$/, '');
  return `${plain.startsWith('ecdsa-') ? 'ECDSA' : plain.replace(/^ssh-/, '').toUpperCase()}${hardware}${certificate}`;
}

/** The default path part of a server's key file, for hints: 'ed25519', 'ecdsa', 'rsa'. */
export function keyFileName(type: string): string {
  return `ssh_host_${shortType(type).toLowerCase()}_key.pub`;
}
