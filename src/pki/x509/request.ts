import { createPublicKey, type KeyObject } from 'node:crypto';
import { leafExtensions, signed, type LeafRequest } from './certificate.js';
import * as der from './der.js';

/** PKCS #9 extensionRequest (RFC 2985, 5.4.2). */
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/** A certification request (PKCS #10) with the extensions that the certificate shall have. PEM. */
export function signRequest(request: LeafRequest, key: KeyObject): string {
  const body = signed(infoOf(request, createPublicKey(key)), key).toString('base64');
  const lines = body.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** Whether a request asks for this, for the key's certificate; false where it cannot be read. */
export function asksFor(pem: string, request: LeafRequest, key: KeyObject): boolean {
  const [, body] = /-----BEGIN CERTIFICATE REQUEST-----([^-]+)-----END/.exec(pem) ?? [];
  try {
    const { value } = der.fromBytes(Buffer.from(body ?? '', 'base64'));
    const info = Array.isArray(value) ? value[0] : undefined;
    return info !== undefined && der.toBytes(info) === der.toBytes(infoOf(request, createPublicKey(key)));
  } catch {
    return false;
  }
}

function infoOf(request: LeafRequest, publicKey: KeyObject): der.Der {
  return der.sequence(
    der.integer('\x00'),
    der.distinguishedName(request),
    der.fromBytes(publicKey.export({ type: 'spki', format: 'der' })),
    der.tagged(0, [der.sequence(der.oid(EXTENSION_REQUEST), der.set(der.sequence(...leafExtensions(request))))]),
  );
}
