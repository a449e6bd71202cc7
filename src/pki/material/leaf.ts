import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import { defined } from '../../model/defined.js';
import type { KeyAlgorithm } from '../../model/spec.js';
import { signerOf, type Authority } from './authority.js';
import { day } from '../x509/day.js';
import { signLeaf, USAGES, type LeafRequest } from '../x509/certificate.js';
import { isKeyOf, newKey, type OpenKey, readKey } from '../x509/keys.js';
import { readCertificate } from '../x509/read.js';
import type { PemPair, Period, Renewal } from '../types.js';
import { renewalDue } from './renewal.js';

export interface LeafInput {
  readonly host: string;
  /** Where it stands, for error texts and reasons. */
  readonly path: string;
  readonly existing: Partial<PemPair>;
  readonly request: LeafRequest;
  readonly authority: Authority;
  readonly keyAlgorithm: KeyAlgorithm;
  readonly period: Period;
  readonly renewal: Renewal;
}

export interface LeafPair extends PemPair {
  /** Why it is made anew though there is one. */
  readonly because?: string;
  /** It shows what will be made, and is worth nothing: a key that it needs stayed on its host. */
  readonly provisional?: true;
}

/** The pair that is there, byte for byte, where it serves and is not due for renewal; else a new one from the CA. */
export async function keepOrIssue(input: LeafInput): Promise<LeafPair> {
  const { existing, host, path, request, authority, period } = input;
  const fault = faultOf(existing, request, authority, period.now);
  const because = fault ?? renewalOf(input);
  if (because === undefined && existing.cert !== undefined && existing.key !== undefined)
    return { cert: existing.cert, key: existing.key };

  const signer = await signerOf(authority, host, `${path} (${because ?? 'missing'})`);
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
 * Why a pair that serves is made anew all the same. It stays where nobody here could sign another one, and where the
 * new one would end no later: its CA's own end is what is near, which a new certificate does not mend.
 */
function renewalOf({ existing, authority, period, renewal }: LeafInput): string | undefined {
  const certificate = readCertificate(existing.cert ?? '');
  if (certificate === undefined || authority.key === undefined) return undefined;
  if (renewal === 'all') return 'asked for';
  return endOf(authority, period) > certificate.notAfter ? renewalDue(certificate, period.now) : undefined;
}

/** Nothing that a CA signs outlives it. */
function endOf(authority: Authority, period: Period): Date {
  return period.notAfter < authority.certificate.notAfter ? period.notAfter : authority.certificate.notAfter;
}

/** Why a pair cannot stay; undefined when it can. */
function faultOf(
  existing: Partial<PemPair>,
  request: LeafRequest,
  authority: Authority,
  now: Date,
): string | undefined {
  if (existing.cert === undefined) return 'missing';
  const certificate = readCertificate(existing.cert);
  if (certificate === undefined) return 'not a certificate in PEM form';
  const { x509 } = certificate;
  const ca = authority.certificate.x509;
  if (!x509.checkIssued(ca) || !x509.verify(ca.publicKey)) return `not signed by ${authority.name}`;
  if (certificate.notAfter <= now) return `ran out on ${day(certificate.notAfter)}`;
  if (certificate.notBefore > now) return `is not valid before ${certificate.notBefore.toISOString()}`;
  const key = existing.key === undefined ? undefined : readKey(existing.key);
  if (key === undefined) return 'its key is missing';
  if (!isKeyOf(key, x509)) return 'its key belongs to another certificate';
  const usages: readonly string[] = (x509.keyUsage as string[] | undefined) ?? [];
  const unfit = request.usages.filter((usage) => !usages.includes(USAGES[usage]));
  if (unfit.length > 0) return `lacks the usage ${unfit.join(', ')}`;
  const uncovered = request.sans.filter(
    (san) =>
      (isIP(san) === 0 ? x509.checkHost(san, { wildcards: false, subject: 'never' }) : x509.checkIP(san)) === undefined,
  );
  return uncovered.length === 0 ? undefined : `does not cover ${uncovered.join(', ')}`;
}
