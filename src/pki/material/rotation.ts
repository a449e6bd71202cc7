import { KinitError } from '../../model/error.js';
import { CLUSTER_CA } from './wishes.js';
import { pkiPair } from '../paths.js';
import { isKeyOf, readKey, type PrivateKey } from '../x509/keys.js';
import { readCertificate, readCertificates, type ReadCertificate } from '../x509/read.js';
import { stageByMarks, type Stage } from './stages.js';
import type { FoundFiles, MadeFiles } from '../types.js';

/*
 * How a CA is replaced, in the stages of stages.ts: first the new one is trusted beside the old, then it signs everything anew.
 *
 *     before   X.crt = old         X.key = old
 *     trust    X.crt = old, new    X.key = old    X-next.crt, X-next.key = new
 *     reissue  X.crt = new, old    X.key = new    X-former.crt = old
 *     finish   X.crt = new         X.key = new
 *
 * The one that signs is the first in X.crt, as kubeadm has it.
 */

export const nextPair = (name: string): { readonly crt: string; readonly key: string } => pkiPair(`${name}-next`);
export const formerFile = (name: string): string => pkiPair(`${name}-former`).crt;

/** The controller manager signs with a CA whose file holds one certificate (kube-controller-manager: signer/ca_provider.go). */
export const SIGNER = pkiPair(`${CLUSTER_CA}-signer`).crt;

/** Where a CA's replacement is, by what control-plane hosts have; undefined: none is under way. */
export function stageFound(name: string, found: readonly FoundFiles[]): Stage | undefined {
  return stageByMarks({ own: pkiPair(name).crt, next: nextPair(name).crt, former: formerFile(name) }, found);
}

/** What is known of a CA that is being replaced. */
export interface Replacement {
  /** The old one; undefined once it is nowhere any more. */
  readonly former: ReadCertificate | undefined;
  /** The new one; undefined: it is to be made. */
  readonly next: { readonly certificate: ReadCertificate; readonly key: PrivateKey } | undefined;
}

/** By all certificates and keys that hosts have. Throws where the new one's key is nowhere. */
export function replacementOf(name: string, found: readonly FoundFiles[]): Replacement {
  const { crt, key } = pkiPair(name);
  const next = nextPair(name);
  const first = (path: string): ReadCertificate | undefined =>
    found.map(({ files }) => readCertificate(files[path] ?? '')).find((each) => each !== undefined);
  const made = first(next.crt);
  const former =
    first(formerFile(name)) ??
    found
      .flatMap(({ files }) => readCertificate(files[crt] ?? '') ?? [])
      .find((each) => made !== undefined && !same(each, made));
  const certificate =
    made ??
    found
      .flatMap(({ files }) => readCertificate(files[crt] ?? '') ?? [])
      .find((each) => former !== undefined && !same(each, former));
  if (certificate === undefined) return { former, next: undefined };
  const keys = [next.key, key].flatMap((path) => found.flatMap(({ host, files }) => ({ host, pem: files[path] })));
  for (const { pem } of keys) {
    const read = pem === undefined ? undefined : readKey(pem);
    if (read !== undefined && isKeyOf(read, certificate.x509)) return { former, next: { certificate, key: read } };
  }
  throw new KinitError(`the key of the new ${name} is on no control-plane host`, {
    class: 'preflight',
    found: `no ${next.key}, and ${key} is another one's`,
    hint: `Restore ${next.key} from a backup. Or give the new one up while everything is still signed by the old: delete ${next.crt} on every control-plane host.`,
  });
}

/** Files of a replacement besides the CA's own, in the order to write in. A key that signs nothing any more stays nowhere. */
export function rotationFiles(name: string, stage: Stage, { former, next }: Replacement): MadeFiles {
  const paths = nextPair(name);
  const gone = { content: '', gone: true } as const;
  const signs = (certificate: ReadCertificate | undefined): MadeFiles =>
    name === CLUSTER_CA && certificate !== undefined ? { [SIGNER]: { content: onlyFirst(certificate) } } : {};
  switch (stage) {
    case 'trust':
      return {
        ...(next === undefined
          ? {}
          : { [paths.key]: { content: next.key.pem }, [paths.crt]: { content: onlyFirst(next.certificate) } }),
        ...signs(former),
      };
    case 'reissue':
      return {
        ...(former === undefined ? {} : { [formerFile(name)]: { content: onlyFirst(former) } }),
        ...signs(next?.certificate),
        [paths.key]: gone,
        [paths.crt]: gone,
      };
    case 'finish':
      return {
        ...(name === CLUSTER_CA ? { [SIGNER]: gone } : {}),
        [paths.key]: gone,
        [paths.crt]: gone,
        [formerFile(name)]: gone,
      };
  }
}

export const same = (a: ReadCertificate, b: ReadCertificate): boolean =>
  a.x509.fingerprint256 === b.x509.fingerprint256;

/** PEM of the first certificate of a text. */
export const onlyFirst = ({ x509 }: ReadCertificate): string => x509.toString();

/**
 * Whether a text trusts what it shall: nothing else, and the one that signs. @param all whether it has to trust every one, as while
 * one is replaced; else a part of a longer chain is enough
 */
export function trusts(pem: string | undefined, trusted: readonly ReadCertificate[], all: boolean): boolean {
  const there = readCertificates(pem ?? '');
  const [signer] = trusted;
  const needed = all ? trusted : signer === undefined ? [] : [signer];
  return (
    there.every((each) => trusted.some((other) => same(each, other))) &&
    needed.every((each) => there.some((other) => same(each, other)))
  );
}
