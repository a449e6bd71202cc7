import type { PackageMirror } from '../../artifacts/mirror.js';
import type { HostFacts } from '../../model/facts.js';
import type { RepositorySpec } from '../../model/spec.js';

/** A repository of packages, as one host shall have it. */
export interface Repository {
  readonly name: string;
  /** Also with variables of the package manager in it. */
  readonly url: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Absent: signatures are not checked. */
  readonly key?: RepositoryKey;
}

export interface RepositoryKey {
  /** Fetched by the host, or the text of a file of the operator's. */
  readonly from: { readonly url: string } | { readonly text: string };
  /** Upper-case hex. Absent: whatever is there at first use. */
  readonly fingerprint?: string;
}

/** What a repository's address depends on. */
export interface Whereabouts {
  readonly os: Pick<HostFacts['os'], 'id' | 'versionId' | 'codename'>;
  /** '1.36' */
  readonly minor: string;
  readonly mirror: PackageMirror;
}

/** A repository that needs no more than its name: what an entry of the inventory does not say itself. */
export interface KnownRepository {
  readonly url: string;
  readonly suites?: readonly string[];
  readonly components?: readonly string[];
  readonly keyUrl: string;
  readonly fingerprint: string;
}

/** An address of the distribution's, and what stands in for it. */
export interface Exchange {
  /** For people: 'deb.debian.org'. */
  readonly official: string;
  readonly by: string;
  /** Program of `sed -E` that does it in a file of sources; does nothing the second time. */
  readonly program: string;
}

/** Why a host takes no key that vouches for itself by SHA-1, and what would help, both for people. */
export interface WeakKeys {
  readonly refusedBy: string;
  readonly way?: string;
}

/** How hosts of a family are told of repositories. */
export interface RepositoryFormat {
  /** For people: what an entry with an address of its own says here. */
  readonly entry: string;
  /** Whether an entry of the inventory that has an address of its own is in this format. */
  readonly takes: (entry: RepositorySpec) => boolean;
  readonly known: Readonly<Record<string, (at: Whereabouts) => KnownRepository>>;
  readonly keyPath: (name: string) => string;
  /** Undefined: such a host takes keys that vouch for themselves by SHA-1. */
  readonly weakKeys: (host: Pick<HostFacts, 'os' | 'cryptoPolicy'>) => WeakKeys | undefined;
  /** The file that names it. */
  readonly source: (repository: Repository) => { readonly path: string; readonly content: string };
  /** Shell patterns of the files in which the distribution has its own. */
  readonly sources: readonly string[];
  /** For the distribution's own: by mirror, and by names that an inventory may have in its list of repositories. */
  readonly exchanges: (mirror: PackageMirror, names: readonly string[]) => readonly Exchange[];
  /** Names in that list that only exchange addresses. */
  readonly exchanged: readonly string[];
}
