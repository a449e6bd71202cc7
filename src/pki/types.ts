/** Certificate and key as PEM text. Secret. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

/** A CA that a user gives, as PEM text; without its key kinit signs nothing for it. Secret. */
export type UserCa = Pick<PemPair, 'cert'> & Partial<PemPair>;

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

/** Which certificates are renewed: those that are due, or all that kinit may sign; where a renewal of all is gone on with, those from before it. */
export type Renewal = 'due' | 'all' | { readonly madeBefore: Date };

/** Texts by absolute path that a host shall have. Secret. */
export type MadeFiles = Readonly<Record<string, MadeFile>>;

export interface MadeFile {
  readonly content: string;
  /** Why it is made anew though there is one. */
  readonly because?: string;
  /** It could not be made without a key that stayed on its host: this stands for it in a plan, and must not be written. */
  readonly provisional?: true;
  /** It has no use any more, and must not be there. */
  readonly gone?: true;
}
