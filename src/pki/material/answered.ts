import { createPublicKey } from 'node:crypto';
import { defined } from '../../model/defined.js';
import { signerOf, type Authority } from './authority.js';
import { pairFault, type LeafInput, type LeafPair } from './pair.js';
import { isAskedFor, renewalDue } from './renewal.js';
import { ASKED_FOR, requestName, type WantedSignature } from './signature.js';
import { firstCertificate } from './user-authority.js';
import { signLeaf, type LeafRequest } from '../x509/certificate.js';
import { newKey } from '../x509/keys.js';
import { readCertificate, type ReadCertificate } from '../x509/read.js';
import type { PemPair } from '../types.js';

/**
 * A pair of a CA whose key is elsewhere: an answer that ends later than what is there, else what is there as long as it serves. What is
 * to be signed is told; a pair that cannot be done without is then only shown.
 * @param fault why what is there cannot stay
 */
export async function keepOrAsk(input: LeafInput, fault: string | undefined): Promise<LeafPair> {
  const { existing, host, path, request, authority, period, signatures } = input;
  const there = readCertificate(existing.cert ?? '');
  const name = requestName(authority.name, host, path);
  const answer = await signatures.answers?.read(name);
  // What the host has already is an answer to a request from before.
  const former =
    there !== undefined && readCertificate(answer?.cert ?? '')?.x509.fingerprint256 === there.x509.fingerprint256;
  const unfit = answer === undefined || former ? undefined : answerFault(answer, request, authority, period.now);
  const given = unfit === undefined ? readCertificate(answer?.cert ?? '') : undefined;
  const later =
    !former && given !== undefined && (fault !== undefined || there === undefined || given.notAfter > there.notAfter);
  if (later && answer?.cert !== undefined && answer.key !== undefined) {
    const because =
      existing.cert === undefined ? undefined : `certificate renewed: ${fault ?? 'another one was signed'}`;
    return { cert: firstCertificate(answer.cert), key: answer.key, ...defined({ because }) };
  }
  const asked = isWanted(input, there, former) ? ASKED_FOR : undefined;
  const because = fault ?? asked ?? (there === undefined ? undefined : renewalDue(there, period.now));
  if (because !== undefined) {
    const mayWait = fault === undefined && asked === undefined;
    const wanted: WantedSignature = { name, host, path, authority: authority.name, request, because, mayWait };
    signatures.want({ ...wanted, ...defined({ unfit, there: there?.x509.toString() }) });
  }
  if (fault === undefined && existing.cert !== undefined && existing.key !== undefined)
    return { cert: existing.cert, key: existing.key };
  return shown(input);
}

/** Where a run that was cut brought a host the answer that lies here, that is what was asked for: whoever signed it did so before that run. */
function isWanted({ renewal }: LeafInput, there: ReadCertificate | undefined, former: boolean): boolean {
  if (there === undefined || typeof renewal === 'string') return renewal === 'all';
  return !former && isAskedFor(there, renewal);
}

/** What stands in a plan for a pair that is not signed yet. */
async function shown({ request, authority, period, keyAlgorithm }: LeafInput): Promise<LeafPair> {
  const [key, signer] = await Promise.all([newKey(keyAlgorithm), signerOf(authority)]);
  const cert = signLeaf(request, createPublicKey(key.key), signer, {
    notBefore: period.notBefore,
    notAfter: period.notAfter,
  });
  return { cert, key: key.pem, provisional: true };
}

/** Why an answer is not what was asked for; undefined when it is. It may say more than was asked: a CA has its own ways. */
function answerFault(
  answer: Partial<PemPair>,
  request: LeafRequest,
  authority: Authority,
  now: Date,
): string | undefined {
  if (answer.key === undefined) return 'the key of its request is not beside it';
  const certificate = readCertificate(answer.cert ?? '');
  if (certificate === undefined) return 'not a certificate in PEM form';
  if (certificate.isCa) return 'it is a CA';
  const fault = pairFault({ ...answer, cert: firstCertificate(answer.cert ?? '') }, request, authority, now);
  return fault ?? subjectFault(certificate.x509.subject, request);
}

/** Kubernetes reads who somebody is from the common name, and every organization as a group of theirs. */
function subjectFault(subject: string, { commonName, organization }: LeafRequest): string | undefined {
  const fields = subject.split('\n');
  const valuesOf = (type: string): string =>
    fields.flatMap((field) => (field.startsWith(`${type}=`) ? [field.slice(type.length + 1)] : [])).join(', ');
  const wrong = [
    ['CN', commonName],
    ['O', organization ?? ''],
  ].filter(([type = '', wanted]) => valuesOf(type) !== wanted);
  if (wrong.length === 0) return undefined;
  const said = wrong.map(([type = '', wanted = '']) =>
    wanted === ''
      ? `${type}=${valuesOf(type)}, where none was asked for`
      : `${valuesOf(type) === '' ? `no ${type}` : `${type}=${valuesOf(type)}`} instead of ${type}=${wanted}`,
  );
  return `its subject has ${said.join(', ')}`;
}
