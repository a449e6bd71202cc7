import { sha256Hex } from './digest.js';

/**
 * A text of a host without what is secret in it, which stayed there. It stands in place of the text: it can be compared,
 * told by its digest, asked for its certificate, and kept, but not written.
 */
export function seal({
  sha256,
  key,
  text = '',
}: {
  /** Of the whole file. */
  readonly sha256: string;
  /** What is known of its private key; absent: it holds none that is asked for. */
  readonly key?: SealedKey | undefined;
  /** What is public of it. */
  readonly text?: string;
}): string {
  const inKubeconfig = /^( *(?:- )?client-key-data:) SEALED$/gm;
  const body =
    key === undefined
      ? text
      : inKubeconfig.test(text)
        ? text.replace(inKubeconfig, (_line, name: string) => `${name} ${base64(sealedKey(key))}`)
        : `${text}${sealedKey(key)}`;
  return `${HEAD}${sha256}\n${body}`;
}

/** Lower-case hex SHA-256 of its public key (SubjectPublicKeyInfo); unknown: the host could not tell; none: it is no key. */
export type SealedKey = string;

/** Digest of the file that a text is, or that it stands for. */
export function fileDigest(text: string): string {
  return isSealed(text) ? text.slice(HEAD.length, HEAD.length + 64) : sha256Hex(text);
}

export function isSealed(text: string): boolean {
  return text.startsWith(HEAD);
}

/** What is known of the sealed private key in a PEM text; undefined for any other text. */
export function sealedKeyOf(pem: string): SealedKey | undefined {
  return /-----BEGIN SEALED PRIVATE KEY-----\n(\S+)\n/.exec(pem)?.[1];
}

const HEAD = '# kinit sealed sha256:';

const sealedKey = (key: SealedKey): string =>
  `-----BEGIN SEALED PRIVATE KEY-----\n${key}\n-----END SEALED PRIVATE KEY-----\n`;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
