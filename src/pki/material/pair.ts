import { isIP } from 'node:net';
import type { KeyAlgorithm } from '../../model/spec.js';
import { USAGES, type LeafRequest } from '../x509/certificate.js';
import { day } from '../x509/day.js';
import { isKeyOf, readKey } from '../x509/keys.js';
import { readCertificate } from '../x509/read.js';
import type { PemPair, Period, Renewal } from '../types.js';
import type { Authority } from './authority.js';
import type { Signatures } from './signature.js';

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
  readonly signatures: Signatures;
}

export interface LeafPair extends PemPair {
  /** Why it is made anew though there is one. */
  readonly because?: string;
  /** It shows what will be made, and is worth nothing: a key that it needs stayed on its host. */
  readonly provisional?: true;
}

/** Why a pair cannot serve; undefined when it can. */
export function pairFault(
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
