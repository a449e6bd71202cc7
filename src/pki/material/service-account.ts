import { createPublicKey } from 'node:crypto';
import { KinitError } from '../../model/error.js';
import type { KeyAlgorithm } from '../../model/spec.js';
import { newKey, publicIdOf, publicPem, readKey, type PrivateKey } from '../x509/keys.js';
import { SERVICE_ACCOUNT_KEYS } from '../paths.js';
import { lostFile } from './lost.js';
import { stageByMarks, type Stage } from './stages.js';
import type { FoundFiles, MadeFiles } from '../types.js';

const { key: KEY, pub: PUB, next: NEXT, former: FORMER } = SERVICE_ACCOUNT_KEYS;

/*
 * How the key that signs service-account tokens is replaced, in the stages of stages.ts: an API server takes tokens of every key
 * in sa.pub (--service-account-key-file), and signs with sa.key.
 *
 *     before   sa.pub = old         sa.key = old
 *     trust    sa.pub = old, new    sa.key = old    sa-next.key = new
 *     reissue  sa.pub = new, old    sa.key = new    sa-former.pub = old
 *     finish   sa.pub = new         sa.key = new
 *
 * The one that signs is the first in sa.pub, as kubeadm has it.
 */

/** Where its replacement is; undefined: none is under way. */
export function serviceAccountStage(found: readonly FoundFiles[]): Stage | undefined {
  return stageByMarks({ own: KEY, next: NEXT, former: FORMER }, found);
}

export interface ServiceAccountInput {
  readonly found: readonly FoundFiles[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly now: Date;
  /** What it is to be taken to; absent: it goes on where the hosts have it. */
  readonly stage?: Stage;
}

/** The key pair that signs service-account tokens, one for all control-plane hosts. Secret. */
export async function serviceAccountKeys(input: ServiceAccountInput): Promise<MadeFiles> {
  const there = serviceAccountStage(input.found);
  // Where control planes are through, nothing is under way any more.
  const through = there === undefined && input.stage === 'finish';
  const stage = through ? undefined : (input.stage ?? there);
  return stage === undefined ? steadyKeys(input) : replacedKeys(input, stage);
}

async function steadyKeys({ found, keyAlgorithm }: ServiceAccountInput): Promise<MadeFiles> {
  const holder = found.find(({ files }) => files[KEY] !== undefined);
  if (holder === undefined) {
    const lone = found.find(({ files }) => files[PUB] !== undefined);
    if (lone !== undefined)
      throw lostFile(KEY, { host: lone.host, says: `${lone.host} has ${PUB} and not ${KEY}`, found });
    const made = await newKey(keyAlgorithm);
    return { [KEY]: { content: made.pem }, [PUB]: { content: publicPem(made.key) } };
  }
  const key = readKey(holder.files[KEY] ?? '');
  if (key === undefined) throw trouble(`${KEY} cannot be read`, holder.host);
  for (const { host, files } of found) {
    const otherKey = files[KEY];
    const otherPub = files[PUB];
    if (otherKey !== undefined && otherKey !== key.pem)
      throw trouble(`${KEY} differs between ${holder.host} and ${host}`, host);
    if (otherPub !== undefined && !hasPublicHalf(otherPub, key))
      throw trouble(`${PUB} is not the public half of ${KEY}`, host);
  }
  const pub = holder.files[PUB];
  if (pub !== undefined) return { [KEY]: { content: key.pem }, [PUB]: { content: pub } };
  if (key.key !== undefined) return { [KEY]: { content: key.pem }, [PUB]: { content: publicPem(key.key) } };
  // What it is can be told only with the key, which stayed on its host.
  return { [KEY]: { content: key.pem }, [PUB]: PROVISIONAL };
}

/** One key that another one replaces. */
async function replacedKeys(input: ServiceAccountInput, stage: Stage): Promise<MadeFiles> {
  const { found } = input;
  const texts = (path: string): string[] => found.flatMap(({ files }) => files[path] ?? []);
  const known = [PUB, FORMER].flatMap((path) => texts(path).flatMap(publicKeys));
  const [formerId] = texts(FORMER)
    .flatMap(publicKeys)
    .map(({ id }) => id);
  const own = texts(KEY).map((pem) => readKey(pem));
  const former = formerId ?? idOf(own.find((key) => idOf(key) !== undefined));
  // The new one lies beside the old until it signs.
  const next = [...texts(NEXT), ...texts(KEY)].map((pem) => readKey(pem)).find((key) => isAnother(key, former));
  if (next === undefined && stage !== 'trust') throw lost(found);
  const made = next ?? (await newKey(input.keyAlgorithm));
  const old = known.find(({ id }) => id === former)?.text;
  const nextPub =
    known.find(({ id }) => id === idOf(made))?.text ??
    (made.key === undefined ? undefined : `${madeAt(input.now)}${publicPem(made.key)}`);
  // Of a key that stayed on its host nothing can be told that is not written anywhere.
  const pub = (...parts: readonly (string | undefined)[]): MadeFiles[string] =>
    parts.includes(undefined)
      ? { ...PROVISIONAL, because: REPLACED[stage] }
      : { content: parts.join(''), because: REPLACED[stage] };
  const gone = { content: '', gone: true } as const;
  const because = REPLACED[stage];
  switch (stage) {
    case 'trust': {
      const signs = own.find((key) => idOf(key) === former) ?? own[0];
      if (signs === undefined) throw trouble(`${KEY} cannot be read`, found[0]?.host ?? '');
      return {
        [NEXT]: { content: made.pem, because },
        [KEY]: { content: signs.pem },
        [PUB]: pub(old ?? publicText(signs), nextPub),
      };
    }
    case 'reissue':
      return {
        [FORMER]: pub(old),
        [KEY]: { content: made.pem, because },
        [PUB]: pub(nextPub, old),
        [NEXT]: gone,
      };
    case 'finish':
      return { [KEY]: { content: made.pem, because }, [PUB]: pub(nextPub), [NEXT]: gone, [FORMER]: gone };
  }
}

/** Why a file of it changes, in words for a plan. */
const REPLACED: Readonly<Record<Stage, string>> = {
  trust: 'the key is being replaced: tokens of the new one are taken too',
  reissue: 'the key is being replaced: the new one signs',
  finish: 'the key has been replaced: tokens of the old one are taken no more',
};

const PROVISIONAL = { content: `PUBLIC KEY of ${KEY}`, provisional: true } as const;

/** A line of its own before a key: readers of PEM look for the next BEGIN. */
const madeAt = (now: Date): string => `# made by kinit ${now.toISOString()}\n`;
const ONE = /(?:# made by kinit (\S+)\n)?-----BEGIN [A-Z ]*PUBLIC KEY-----\n[^-]+-----END [A-Z ]*PUBLIC KEY-----\n?/g;

interface PublicKey {
  /** SHA-256 of it (SubjectPublicKeyInfo), in hex. */
  readonly id: string;
  /** As found, with what stands before it. */
  readonly text: string;
  /** RFC 3339; undefined: nobody wrote it down. */
  readonly made: string | undefined;
}

/** The public keys of a text that can be read, in their order. */
function publicKeys(pem: string): PublicKey[] {
  return [...pem.matchAll(ONE)].flatMap(([whole, made]) => {
    const text = whole.endsWith('\n') ? whole : `${whole}\n`;
    try {
      return [{ id: publicIdOf(createPublicKey(text.slice(text.indexOf('-----BEGIN')))), text, made }];
    } catch {
      return [];
    }
  });
}

/** Of the key that tokens are signed with, what control planes have of its public half. */
export interface TokenSigner {
  /** The key id in the head of its tokens (Kubernetes: serviceaccount keyIDFromPublicKey). */
  readonly keyId: string;
  /** When kinit made it in the place of another; absent: it is the cluster's first, or nobody wrote it down. */
  readonly made?: Date;
}

/** By the text of sa.pub; undefined: it cannot be read. */
export function tokenSigner(pub: string | undefined): TokenSigner | undefined {
  const [first] = publicKeys(pub ?? '');
  if (first === undefined) return undefined;
  const made = new Date(first.made ?? NaN);
  return {
    keyId: Buffer.from(first.id, 'hex').toString('base64url'),
    ...(Number.isNaN(made.getTime()) ? {} : { made }),
  };
}

const idOf = (key: PrivateKey | undefined): string | undefined =>
  key === undefined ? undefined : key.key === undefined ? key.publicId : publicIdOf(createPublicKey(key.key));

/** Whether it is a key that is not this one; true where its host could not tell, and it is none that is known. */
function isAnother(key: PrivateKey | undefined, former: string | undefined): key is PrivateKey {
  return key !== undefined && (idOf(key) === undefined || idOf(key) !== former);
}

const publicText = ({ key }: PrivateKey): string | undefined => (key === undefined ? undefined : publicPem(key));

/** True where that cannot be told from here. */
function hasPublicHalf(pem: string, key: PrivateKey): boolean {
  const id = idOf(key);
  return id === undefined || publicKeys(pem).some((each) => each.id === id);
}

function lost(found: readonly FoundFiles[]): KinitError {
  return new KinitError('the new key for service-account tokens is on no control-plane host', {
    class: 'preflight',
    host: found[0]?.host ?? '',
    found: `no ${NEXT}, and ${KEY} is the old one`,
    hint: `Restore ${NEXT} from a backup. Or give the new one up while the old one signs everywhere: kinit certs rotate-keys service-accounts begins anew where there is no ${FORMER}.`,
  });
}

function trouble(message: string, host: string): KinitError {
  return new KinitError(message, {
    class: 'preflight',
    host,
    hint: `Restore the pair from a backup or from another control-plane host, or start anew: kinit reset ${host}`,
  });
}
