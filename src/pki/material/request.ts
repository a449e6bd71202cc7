import { isIP } from 'node:net';
import type { KeyAlgorithm } from '../../model/spec.js';
import { newKey, readKey, type OpenKey } from '../x509/keys.js';
import { readCertificate } from '../x509/read.js';
import { asksFor, signRequest } from '../x509/request.js';
import type { WantedSignature } from './signature.js';

/** What lies in the folder of requests for one certificate; absent: it is not there. Secret. */
export interface RequestFiles {
  readonly key?: string | undefined;
  readonly csr?: string | undefined;
  readonly crt?: string | undefined;
}

export interface MadeRequest {
  /** PEM. Secret. */
  readonly key: string;
  readonly csr: string;
  /** What is asked for, for people, and for an OpenSSL before 3.0, which takes no extension from a request. */
  readonly ext: string;
  /** The answer there is none to this request: of one from before. */
  readonly dropsAnswer: boolean;
  /** It was there. */
  readonly kept: boolean;
}

/** A request as it is there, where it asks for this and has not been answered already; else a new one, with a new key. */
export async function requestFor(
  wanted: WantedSignature,
  { key, csr, crt }: RequestFiles,
  keyAlgorithm: KeyAlgorithm,
  now = new Date(),
): Promise<MadeRequest> {
  const { request } = wanted;
  const ext = describe(wanted);
  const there = key === undefined ? undefined : readKey(key);
  const ended = (readCertificate(crt ?? '')?.notAfter ?? now) < now;
  const answered = crt !== undefined && (wanted.unfit === undefined || ended);
  if (there?.key !== undefined && csr !== undefined && !answered && asksFor(csr, request, there.key))
    return { key: there.pem, csr, ext, dropsAnswer: false, kept: true };
  const made: OpenKey = await newKey(keyAlgorithm);
  return { key: made.pem, csr: signRequest(request, made.key), ext, dropsAnswer: crt !== undefined, kept: false };
}

function describe({ host, path, authority, request, there }: WantedSignature): string {
  const { commonName, organization, usages, sans } = request;
  const ends = readCertificate(there ?? '')
    ?.notAfter.toISOString()
    .slice(0, 10);
  return [
    `# A certificate for ${host}: ${path}`,
    `# CA: ${authority}`,
    `# Subject: ${organization === undefined ? '' : `O = ${organization}, `}CN = ${commonName}`,
    ...(ends === undefined ? [] : [`# The one there ends on ${ends}.`]),
    '# The request asks for all of this. For a CA that takes nothing from requests (OpenSSL before 3.0: -extfile):',
    'basicConstraints = critical, CA:FALSE',
    'keyUsage = critical, digitalSignature, keyEncipherment',
    `extendedKeyUsage = ${usages.join(', ')}`,
    ...(sans.length === 0 ? [] : [`subjectAltName = ${sans.map(nameOf).join(', ')}`]),
    '',
  ].join('\n');
}

const nameOf = (san: string): string => `${isIP(san) === 0 ? 'DNS' : 'IP'}:${san}`;
