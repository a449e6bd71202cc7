/** Certificate and key as PEM text. Secret. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

/** Texts by absolute path that one host has already. Secret. */
export interface FoundFiles {
  readonly host: string;
  readonly files: Readonly<Record<string, string>>;
}

/** From when to when new certificates hold. */
export interface Period {
  readonly now: Date;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly caNotAfter: Date;
}
