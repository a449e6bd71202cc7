import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { KeyAlgorithm } from '../../model/spec.js';
import type { WantedAuthority } from './wishes.js';
import { selfSignCa, type Signer } from '../x509/certificate.js';
import { isKeyOf, newKey, type OpenKey, type PrivateKey, readKey } from '../x509/keys.js';
import { pkiPair } from '../paths.js';
import { readCertificate, readCertificates, type ReadCertificate } from '../x509/read.js';
import { nextPair, onlyFirst, replacementOf, rotationFiles, stageFound, type Replacement } from './rotation.js';
import type { Stage } from './stages.js';
import { firstCertificate, userAuthorityFault } from './user-authority.js';
import { day } from '../x509/day.js';
import type { FoundFiles, MadeFiles, Period, UserCa } from '../types.js';

/** A CA of the cluster. Without a key it can verify, not sign. */
export interface Authority {
  readonly name: string;
  readonly certificate: ReadCertificate;
  readonly key?: PrivateKey;
  /** Made in this run: nothing it should have signed can be there yet. */
  readonly fresh: boolean;
  /** Made for a key that stayed on its host. */
  readonly provisional?: true;
  /** What is trusted: this one first, and another while one replaces the other. */
  readonly trusted: readonly ReadCertificate[];
  /** Text of its file. */
  readonly pem: string;
  /** Where its replacement is; absent: none is under way. */
  readonly stage?: Stage;
  /** Files of that besides its own. */
  readonly more?: MadeFiles;
}

export interface AuthorityInput extends Pick<WantedAuthority, 'name' | 'commonName'> {
  /** What control-plane hosts have; they have to agree. */
  readonly found: readonly FoundFiles[];
  readonly user?: UserCa;
  readonly keyAlgorithm: KeyAlgorithm;
  readonly period: Period;
  /** What it is to be taken to; absent: it goes on where the hosts have it. */
  readonly stage?: Stage;
}

/**
 * The CA to use: what the hosts have, else the user's own, else a new one. An existing CA is never replaced;
 * hosts that disagree, a broken pair, or one that has run out is a KinitError.
 */
export async function resolveAuthority(input: AuthorityInput): Promise<Authority> {
  const paths = pkiPair(input.name);
  const own = input.user === undefined ? undefined : userAuthority(input.name, input.user, input.period.now);
  const holders = input.found.filter(({ files }) => files[paths.crt] !== undefined);
  const first = holders[0];
  if (first === undefined) return own ?? (await newAuthority(input));
  const there = stageFound(input.name, holders);
  // Where control planes are through, what others have of the old one is none of theirs any more.
  const through = there === undefined && input.stage === 'finish';
  const stage = through ? undefined : (input.stage ?? there);
  if (stage !== undefined) return await replacedAuthority(input, stage);

  const certificate = existingCertificate(first, paths.crt, input.period.now);
  for (const other of holders.slice(1)) {
    if (readCertificate(other.files[paths.crt] ?? '')?.x509.fingerprint256 !== certificate.x509.fingerprint256) {
      throw trouble(
        `${paths.crt} differs between ${first.host} and ${other.host}`,
        other.host,
        'two different CAs',
        `The hosts belong to different clusters. Reset the one that is wrong: kinit reset ${other.host}`,
      );
    }
  }
  if (own !== undefined && own.certificate.x509.fingerprint256 !== certificate.x509.fingerprint256) {
    throw trouble(
      `The inventory gives another ${input.name} than ${first.host} has`,
      first.host,
      paths.crt,
      'An existing CA is never replaced. Take the CA out of the inventory, or reset the cluster first.',
    );
  }
  const keyThere = existingKey(input.found, paths.key, certificate);
  // The user's own key is here; the same on a host need not be read for it.
  const key =
    keyThere?.key === undefined && own?.key !== undefined
      ? { ...own.key, pem: keyThere?.pem ?? own.key.pem }
      : keyThere;
  return { name: input.name, ...steady(certificate), ...defined({ key }), fresh: false };
}

/** As it is found, byte for byte. */
function steady(certificate: ReadCertificate): Pick<Authority, 'certificate' | 'trusted' | 'pem'> {
  const { pem } = certificate;
  return { certificate, pem, trusted: readCertificates(pem) };
}

/** A CA that another one replaces, in one of the stages of that (rotation.ts). */
async function replacedAuthority(input: AuthorityInput, stage: Stage): Promise<Authority> {
  const { name, found } = input;
  const { crt, key: keyPath } = pkiPair(name);
  const seen = replacementOf(name, found);
  if (stage === 'trust') {
    const former = seen.former ?? readCertificate(found.map(({ files }) => files[crt]).find(Boolean) ?? '');
    const signer = former === undefined ? undefined : existingKey(found, keyPath, former);
    if (former === undefined || signer === undefined)
      throw trouble(
        `${keyPath} is needed to replace ${name}`,
        found[0]?.host ?? '',
        'it is on no control-plane host',
        `Put ${keyPath} on a control-plane host.`,
      );
    const made = seen.next ?? madeNext(await newAuthority({ ...input, found: [] }));
    return replaced(input, stage, { former, next: made });
  }
  if (seen.next === undefined)
    throw trouble(
      `${name} has no replacement yet`,
      found[0]?.host ?? '',
      `no ${nextPair(name).crt}`,
      'Begin with kinit certs rotate-ca.',
    );
  return replaced(input, stage, seen);
}

function madeNext({ certificate, key }: Authority): NonNullable<Replacement['next']> {
  if (key === undefined) throw new KinitError('kinit made a CA without a key', { class: 'internal' });
  return { certificate, key };
}

function replaced({ name, found }: AuthorityInput, stage: Stage, replacement: Replacement): Authority {
  const { former, next } = replacement;
  const signer = stage === 'trust' ? former : next?.certificate;
  const others = stage === 'trust' ? [next?.certificate] : stage === 'reissue' ? [former] : [];
  if (signer === undefined) throw new KinitError(`nothing signs for ${name}`, { class: 'internal' });
  const certificate = readCertificate(onlyFirst(signer)) ?? signer;
  const trusted = [certificate, ...others.flatMap((each) => each ?? [])];
  const key = stage === 'trust' ? existingKey(found, pkiPair(name).key, certificate) : next?.key;
  return {
    name,
    certificate,
    trusted,
    pem: trusted.map(onlyFirst).join(''),
    ...defined({ key }),
    fresh: false,
    stage,
    more: rotationFiles(name, stage, replacement),
  };
}

/** What a CA signs with. */
export interface SignerOf extends Signer {
  /** The CA's key stayed on its host: what is signed shows what will be, and is worth nothing. */
  readonly provisional: boolean;
}

/** The CA as a signer. Where its key is nowhere, what it signs shows only what is to be signed. */
export async function signerOf({ certificate, key }: Authority): Promise<SignerOf> {
  return key?.key === undefined
    ? { certificate, key: (await newKey('ECDSA-P256')).key, provisional: true }
    : { certificate, key: key.key, provisional: false };
}

async function newAuthority({ name, commonName, found, keyAlgorithm, period }: AuthorityInput): Promise<Authority> {
  const paths = pkiPair(name);
  // A key without its certificate is what a run leaves that was ended between the two.
  const left = found.map(({ files }) => files[paths.key]).find((pem) => pem !== undefined);
  const there = left === undefined ? undefined : readKey(left);
  const key = there?.key === undefined ? await newKey(keyAlgorithm) : (there as OpenKey);
  const pem = selfSignCa(commonName, key.key, { notBefore: period.notBefore, notAfter: period.caNotAfter });
  const certificate = readCertificate(pem);
  if (certificate === undefined)
    throw new KinitError(`kinit made a ${name} certificate it cannot read`, { class: 'internal' });
  const provisional = there !== undefined && there.key === undefined;
  return { name, ...steady(certificate), key, fresh: true, ...(provisional ? { provisional } : {}) };
}

/** A CA the inventory names. Throws one KinitError of class 'inventory' where it cannot serve. */
function userAuthority(name: string, user: UserCa, now: Date): Authority {
  const fault = userAuthorityFault(user, now);
  const certificate = readCertificate(firstCertificate(user.cert));
  const key = user.key === undefined ? undefined : readKey(user.key);
  if (fault === undefined && certificate !== undefined && (user.key === undefined || key !== undefined))
    return { name, ...steady(certificate), ...defined({ key }), fresh: false };
  throw new KinitError(
    `The ${name} of the inventory cannot be used: ${fault?.file ?? 'certFile'} ${fault?.message ?? 'cannot be read'}`,
    {
      class: 'inventory',
      hint: 'Check certFile and keyFile under pki: openssl x509 -in <certFile> -noout -text',
    },
  );
}

function existingCertificate({ host, files }: FoundFiles, path: string, now: Date): ReadCertificate {
  const certificate = readCertificate(files[path] ?? '');
  if (certificate === undefined)
    throw trouble(
      `${path} cannot be read`,
      host,
      'no certificate in PEM form',
      `Restore it from a backup, or start anew: kinit reset ${host}`,
    );
  if (!certificate.isCa)
    throw trouble(
      `${path} is not a CA`,
      host,
      'basicConstraints without CA:TRUE',
      `Restore it from a backup, or start anew: kinit reset ${host}`,
    );
  if (certificate.notAfter <= now)
    throw trouble(
      `${path} ran out on ${day(certificate.notAfter)}`,
      host,
      'an expired CA',
      'Everything it signed is void with it, and nobody gets in any more to replace it in stages. Replace the CA by hand (Kubernetes docs: manual rotation of CA certificates).',
    );
  return certificate;
}

function existingKey(found: readonly FoundFiles[], path: string, certificate: ReadCertificate): PrivateKey | undefined {
  const holder = found.find(({ files }) => files[path] !== undefined);
  if (holder === undefined) return undefined;
  const key = readKey(holder.files[path] ?? '');
  if (key === undefined || !isKeyOf(key, certificate.x509)) {
    throw trouble(
      `${path} is not the key of its certificate`,
      holder.host,
      key === undefined ? 'no private key that can be read' : 'a key of something else',
      `Restore it from a backup, or start anew: kinit reset ${holder.host}`,
    );
  }
  return key;
}

function trouble(message: string, host: string, found: string, hint: string): KinitError {
  return new KinitError(message, { class: 'preflight', host, found, hint });
}
