import { KinitError } from '../../../model/error.js';
import { undoOf, type Resource, type ResourceKind, type Tools } from '../../../model/resource.js';
import { sha256Hex } from '../../../model/text/digest.js';
import { lastLines } from '../../../model/text/last-lines.js';
import { parseFields } from '../../../shell/output.js';
import { sh, shellScript } from '../../../shell/script.js';
import { stampPath } from '../../../shell/state.js';
import { publicKeys, type PublicKeys } from '../openpgp.js';
import type { RepositoryKey, WeakKeys } from '../repository.js';

export interface RepositoryKeyResource extends Resource {
  readonly kind: 'repository-key';
  /** Of the repository. */
  readonly name: string;
  readonly path: string;
  readonly key: RepositoryKey;
  /** Variables for what fetches it: proxies. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the host's package manager takes no key that vouches for itself by SHA-1. */
  readonly weakKeys?: WeakKeys;
}

export interface RepositoryKeySeen {
  /** Of the file; '' where there is none. */
  readonly sha256: string;
  readonly mode: string;
  readonly owner: string;
  /** SHA-256, fingerprints and origin, as they were noted when it was written. */
  readonly stamp: string;
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const FETCH = shellScript('./fetch.sh', import.meta.url);
const INSTALL = shellScript('./install.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

/** The key that vouches for a repository's packages, where its package manager reads it. */
export function repositoryKey(options: Omit<RepositoryKeyResource, 'kind' | 'id'>): RepositoryKeyResource {
  return { kind: 'repository-key', id: `repository-key:${options.name}`, ...options };
}

export const repositoryKeyKind: ResourceKind<RepositoryKeyResource, RepositoryKeySeen> = {
  kind: 'repository-key',
  describe: {
    change: 'Puts the key of a repository of packages where the package manager reads it:',
    subject: (id) => `\`${id}\``,
    undone: 'What was there comes back, or the key goes; rpm trusts it no longer',
  },
  observe: ({ name, path }) => sh(OBSERVE, { args: [path, stampOf(name)] }),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const field = (name: string): string => fields.get(name) ?? '';
    return { sha256: field('sha256'), mode: field('mode'), owner: field('owner'), stamp: field('stamp') };
  },
  diff: (r, seen) => {
    const reason = reasonFor(r, seen);
    if (reason === undefined) return { changed: false, reason: `the key of ${r.name} is there` };
    const { from, fingerprint } = r.key;
    const origin = 'url' in from ? `fetch the key of ${r.name} from ${from.url}` : `write the key of ${r.name}`;
    const summary = fingerprint === undefined ? origin : `${origin}, which must be ${fingerprint}`;
    return { changed: true, change: { action: seen.sha256 === '' ? 'create' : 'update', summary, reason } };
  },
  apply: (r) => [{ do: 'call', title: `bring the key of ${r.name}`, run: (tools) => bring(r, tools) }],
  undo: undoOf({
    version: 1,
    record: ({ name, path }: RepositoryKeyResource) => ({ save: sh(SAVE, { args: [path] }), data: { name, path } }),
    restore: ({ name, path }) => sh(RESTORE, { args: [path, stampOf(name)] }),
  }),
};

function reasonFor(
  { key }: RepositoryKeyResource,
  { sha256, mode, owner, stamp }: RepositoryKeySeen,
): string | undefined {
  if (sha256 === '') return 'not there';
  const [noted, fingerprints = '', origin = ''] = stamp.split(' ');
  if (noted !== sha256) return 'not as kinit wrote it';
  if (origin !== originOf(key)) return 'comes from elsewhere now';
  if (key.fingerprint !== undefined && !fingerprints.split(',').includes(key.fingerprint)) return 'is another one';
  return mode === '644' && owner === '0:0' ? undefined : `mode is ${mode} ${owner}`;
}

/** Where a key comes from, in one word. */
function originOf({ from }: RepositoryKey): string {
  return 'url' in from ? from.url : `sha256:${sha256Hex(from.text)}`;
}

async function bring(
  { name, path, key, environment, weakKeys }: RepositoryKeyResource,
  { host, progress }: Tools,
): Promise<void> {
  const { from } = key;
  if ('url' in from) progress(`fetching ${from.url}`);
  const bytes = 'text' in from ? Buffer.from(from.text, 'latin1') : await fetched(name, from.url, environment, host);
  const keys = checkedKeys(name, key, publicKeys(bytes), host.host);
  if (keys.weak === true && weakKeys !== undefined) throw tooWeak(name, keys, weakKeys, host.host);
  const noted = [sha256Hex(keys.armored), keys.fingerprints.join(','), originOf(key)].join(' ');
  const { code, stderr } = await host.run(sh(INSTALL, { args: [path, stampOf(name), noted] }), {
    stdin: keys.armored,
    change: `write the key of ${name}`,
  });
  if (code === 0) return;
  throw new KinitError(`the key of the repository ${name} could not be written`, {
    class: 'change',
    host: host.host,
    tried: `writing ${path}`,
    found: lastLines(stderr, 5),
  });
}

async function fetched(
  name: string,
  url: string,
  environment: Readonly<Record<string, string>>,
  host: Tools['host'],
): Promise<Uint8Array> {
  const { code, stdout, stderr } = await host.run(sh(FETCH, { args: [url], exported: environment }), {
    timeoutSeconds: 120,
  });
  if (code === 0) return Buffer.from(stdout.trim(), 'base64');
  throw new KinitError(`the key of the repository ${name} could not be fetched`, {
    class: 'artifact',
    host: host.host,
    tried: url,
    found: lastLines(stderr, 5) || `exit code ${String(code)}`,
    hint: 'Check that the host reaches it (proxy in the inventory; mirrors: cn), or give the key as keyFile.',
  });
}

function checkedKeys(
  name: string,
  { from, fingerprint }: RepositoryKey,
  keys: PublicKeys | undefined,
  host: string,
): PublicKeys {
  const tried = 'url' in from ? from.url : 'its keyFile';
  if (keys === undefined)
    throw new KinitError(`what should be the key of the repository ${name} is none`, {
      class: 'artifact',
      host,
      tried,
      found: 'no public key of OpenPGP in it',
      hint: 'Look at what is there; a proxy or a login page may have answered.',
    });
  if (fingerprint === undefined || keys.fingerprints.includes(fingerprint)) return keys;
  throw new KinitError(`the key of the repository ${name} is not the one it should be; it was not taken`, {
    class: 'refused',
    host,
    tried,
    found: `fingerprint ${keys.fingerprints.join(', ')}; it should be ${fingerprint}`,
    hint: 'Ask those who publish it which is right, and correct fingerprint in the inventory if it is theirs.',
  });
}

function tooWeak(name: string, { fingerprints }: PublicKeys, { refusedBy, way }: WeakKeys, host: string): KinitError {
  const renewed = 'Ask those who publish it for the key as they signed it last (keyUrl, keyFile)';
  return new KinitError(`the key of the repository ${name} would not be accepted on ${host}; it was not written`, {
    class: 'refused',
    host,
    tried: `key ${fingerprints.join(', ')}`,
    found: `it vouches for its names by SHA-1 only, which ${refusedBy} does not take`,
    hint: way === undefined ? `${renewed}.` : `${renewed}. Or, ${way}`,
  });
}

function stampOf(name: string): string {
  return stampPath('revisions', `repository-key-${name}`);
}
