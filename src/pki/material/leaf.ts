import { createPublicKey } from 'node:crypto';
import { defined } from '../../model/defined.js';
import { signLeaf } from '../x509/certificate.js';
import { newKey, type OpenKey, readKey } from '../x509/keys.js';
import { readCertificate } from '../x509/read.js';
import type { Period } from '../types.js';
import { keepOrAsk } from './answered.js';
import { signerOf, type Authority } from './authority.js';
import { pairFault, type LeafInput, type LeafPair } from './pair.js';
import { isAskedFor, renewalDue } from './renewal.js';
import { ASKED_FOR } from './signature.js';

/** The pair that is there, byte for byte, where it serves and is not due for renewal; else a new one from the CA. */
export async function keepOrIssue(input: LeafInput): Promise<LeafPair> {
  const { existing, request, authority, period } = input;
  const fault = pairFault(existing, request, authority, period.now);
  if (authority.key === undefined) return keepOrAsk(input, fault);
  const because = fault ?? renewalOf(input);
  if (because === undefined && existing.cert !== undefined && existing.key !== undefined)
    return { cert: existing.cert, key: existing.key };

  const signer = await signerOf(authority);
  // A key alone is what a run leaves that was ended between key and certificate.
  const left = existing.cert === undefined && existing.key !== undefined ? readKey(existing.key) : undefined;
  const key = left?.key === undefined ? await newKey(input.keyAlgorithm) : (left as OpenKey);
  const provisional = signer.provisional || (left !== undefined && left.key === undefined);
  return {
    cert: signLeaf(request, createPublicKey(key.key), signer, {
      notBefore: period.notBefore,
      notAfter: endOf(authority, period),
    }),
    key: key.pem,
    ...(provisional ? { provisional } : {}),
    ...(existing.cert === undefined ? {} : defined({ because: because && `certificate renewed: ${because}` })),
  };
}

/**
 * Why a pair that serves is made anew all the same. It stays where the new one would end no later: its CA's own end is
 * what is near, which a new certificate does not mend.
 */
function renewalOf({ existing, authority, period, renewal }: LeafInput): string | undefined {
  const certificate = readCertificate(existing.cert ?? '');
  if (certificate === undefined) return undefined;
  if (isAskedFor(certificate, renewal)) return ASKED_FOR;
  return endOf(authority, period) > certificate.notAfter ? renewalDue(certificate, period.now) : undefined;
}

/** Nothing that a CA signs outlives it. */
function endOf(authority: Authority, period: Period): Date {
  return period.notAfter < authority.certificate.notAfter ? period.notAfter : authority.certificate.notAfter;
}
