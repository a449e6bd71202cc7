import { createHmac } from 'node:crypto';
import { defined } from '../../model/defined.js';
import { groupBy, oncePer } from '../../model/once.js';
import { keyType } from './host-key.js';

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly revoked: boolean;
  /** It is no key of a host, but of who signs hosts' certificates. */
  readonly authority: boolean;
  readonly patterns: readonly string[];
  readonly type: string;
  /** In SSH wire form. */
  readonly key: Uint8Array;
}

export type Verdict =
  | { readonly is: 'known' }
  /** `authority`: known_hosts would vouch for a certificate of the host. */
  | { readonly is: 'unknown'; readonly authority?: KnownHost }
  | { readonly is: 'changed'; readonly entry: KnownHost }
  | { readonly is: 'revoked'; readonly entry: KnownHost };

/**
 * What the entries for a host (`entriesFor`) say of a key it sent. A host that has any entry is 'changed' when none of them is this key,
 * even when the key is of another type: else somebody in between could offer only a type that is not known yet.
 */
export function judgeHostKey(all: readonly KnownHost[], key: Uint8Array): Verdict {
  const matching = all.filter((entry) => !entry.authority);
  const same = matching.filter((entry) => Buffer.compare(entry.key, key) === 0);
  const revoked = same.find((entry) => entry.revoked);
  if (revoked !== undefined) return { is: 'revoked', entry: revoked };
  if (same.length > 0) return { is: 'known' };
  const trusted = matching.filter((entry) => !entry.revoked);
  const other = trusted.find((entry) => entry.type === keyType(key)) ?? trusted[0];
  if (other !== undefined) return { is: 'changed', entry: other };
  return { is: 'unknown', ...defined({ authority: all.find((entry) => entry.authority) }) };
}

/** Entries of a file that speak of this host, in its order; also those of certificate authorities, though ssh2 cannot check host certificates. */
export function entriesFor(entries: readonly KnownHost[], address: string, port: number): KnownHost[] {
  const name = hostName(address, port);
  const { plain, others } = indexOf(entries);
  const found = [...(plain.get(name) ?? []), ...others.filter(({ patterns }) => matches(patterns, name))];
  return found.sort((one, another) => one.line - another.line);
}

/** Most lines name their hosts outright, and there may be thousands of them for each host of thousands that is looked up. */
const indexOf = oncePer((entries: readonly KnownHost[]) => {
  const isPlain = ({ patterns }: KnownHost): boolean => !patterns.some((pattern) => /^[!|]|[*?]/.test(pattern));
  return {
    plain: groupBy(entries.filter(isPlain), ({ patterns }) => patterns.map((pattern) => pattern.toLowerCase())),
    others: entries.filter((entry) => !isPlain(entry)),
  };
});

/** How a host stands in known_hosts: the bare name on port 22, '[name]:port' on others. */
export function hostName(address: string, port: number): string {
  const lower = address.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** Lines that are no entries (comments, unknown markers, broken base64) are left out, as OpenSSH does. */
export function parseKnownHosts(file: string, text: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const fields = raw.trim().split(/\s+/);
    const marker = fields[0]?.startsWith('@') === true ? fields.shift() : undefined;
    const [hosts, type, base64] = fields;
    if (hosts === undefined || type === undefined || base64 === undefined || hosts.startsWith('#')) return [];
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') return [];
    const key = Buffer.from(base64, 'base64');
    if (keyType(key) !== type) return [];
    const [revoked, authority] = [marker === '@revoked', marker === '@cert-authority'];
    return [{ file, line: index + 1, revoked, authority, patterns: hosts.split(','), type, key }];
  });
}

function matches(patterns: readonly string[], name: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (wildcard(pattern.slice(1), name)) return false;
    } else if (pattern.startsWith('|1|') ? hashed(pattern, name) : wildcard(pattern, name)) {
      found = true;
    }
  }
  return found;
}

function hashed(pattern: string, name: string): boolean {
  const [salt, hash] = pattern.slice(3).split('|');
  if (salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function wildcard(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name;
  const expression = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}
