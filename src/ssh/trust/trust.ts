import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { expandHome } from '../../model/text/home.js';
import { quote } from '../../shell/quote.js';
import { fingerprint, keyFileName, keyType, shortType } from './host-key.js';
import { entriesFor, hostName, judgeHostKey, parseKnownHosts } from './known-hosts.js';
import type { KnownHost } from './known-hosts.js';

/** Read besides the user's own file, as OpenSSH does; never written. */
const SYSTEM_KNOWN_HOSTS = '/etc/ssh/ssh_known_hosts';
/** RSA with SHA-1 signatures and DSA are left out: OpenSSH refuses both by default since 8.8. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

export interface Trust {
  /** Key algorithms to offer, those of known keys first, so that the server shows the key that can be checked. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** The reason to refuse this key, or undefined. */
  readonly judge: (key: Uint8Array) => KinitError | undefined;
  /** Call once the server has proved that it holds the key; writes it down where the user asked for that. */
  readonly remember: () => void;
}

/** Reads known_hosts (again for every connection: another one may just have added a key). */
export function hostTrust(options: {
  name: string;
  host?: string;
  address: string;
  port: number;
  /** What it is called in known_hosts instead of its address; ssh looks for it there without the port. */
  hostKeyAlias?: string;
  /** All are read; a new key is written into the first. */
  knownHostsFiles: readonly [string, ...string[]];
  acceptNewHostKeys: boolean;
  behind?: boolean;
}): Trust {
  const { name, hostKeyAlias } = options;
  const [address, port] = hostKeyAlias === undefined ? [options.address, options.port] : [hostKeyAlias, 22];
  const place = { class: 'access', ...defined({ host: options.host }) } as const;
  const [file, ...others] = options.knownHostsFiles.map(expandHome) as [string, ...string[]];
  const entries = [file, ...others, SYSTEM_KNOWN_HOSTS].flatMap((path) => entriesFor(entriesOf(path), address, port));
  const knownTypes = new Set(entries.filter((entry) => !entry.revoked && !entry.authority).map((entry) => entry.type));
  const isKnown = (algorithm: string): boolean =>
    knownTypes.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  const alias = hostKeyAlias === undefined ? '' : ` (${hostKeyAlias} in known_hosts)`;
  const where = `${options.address} port ${options.port}${alias}`;
  let newKey: Uint8Array | undefined;

  return {
    algorithms: [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))],
    judge: (key) => {
      const verdict = judgeHostKey(entries, key);
      const sent = `${shortType(keyType(key))} ${fingerprint(key)}`;
      const tried = `verify the host key of ${where}`;
      if (verdict.is === 'known') return undefined;
      if (verdict.is === 'revoked') {
        return new KinitError(`${name} sent a host key that is revoked`, {
          ...place,
          tried,
          found: `${sent}, marked @revoked in ${verdict.entry.file} line ${verdict.entry.line}`,
          hint: 'Do not connect. Give the machine a new host key (ssh-keygen -A) and find out why this one was revoked.',
        });
      }
      if (verdict.is === 'changed') {
        const { entry } = verdict;
        return new KinitError(
          `the host key of ${name} is not the one that is known; somebody may be in between, or the machine was installed anew`,
          {
            ...place,
            tried,
            found: `${entry.file} line ${entry.line} says ${shortType(entry.type)} ${fingerprint(entry.key)}; the host sent ${sent}`,
            hint: `Compare on the machine's console: ssh-keygen -lf /etc/ssh/${keyFileName(keyType(key))}. If it was installed anew: ssh-keygen -R ${quote(hostName(address, port))} -f ${quote(entry.file)}, then run again with --accept-new-host-keys.`,
          },
        );
      }
      if (options.acceptNewHostKeys) {
        newKey = key;
        return undefined;
      }
      return new KinitError(`the host key of ${name} is not known`, {
        ...place,
        tried: `${tried} against ${file}`,
        found:
          verdict.authority === undefined
            ? `the host sent ${sent}`
            : `the host sent ${sent}; ${verdict.authority.file} line ${verdict.authority.line} trusts an authority for host certificates, which kinit cannot check`,
        hint: `Compare on the machine's console: ssh-keygen -lf /etc/ssh/${keyFileName(keyType(key))}. If they are the same, run again with --accept-new-host-keys${options.behind === true || hostKeyAlias !== undefined ? '.' : `, or: ssh-keyscan -p ${port} ${quote(address)} >> ${quote(file)}`}`,
      });
    },
    remember: () => {
      if (newKey === undefined) return;
      const line = `${hostName(address, port)} ${keyType(newKey)} ${Buffer.from(newKey).toString('base64')}\n`;
      newKey = undefined;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        const before = readIfThere(file);
        appendFileSync(file, before === '' || before.endsWith('\n') ? line : `\n${line}`, { mode: 0o600 });
      } catch (cause) {
        throw new KinitError(`the host key of ${name} could not be written down`, {
          ...place,
          tried: `append to ${file}`,
          found: cause instanceof Error ? cause.message : String(cause),
          hint: `Make room, or let it be written by you; or name another file with ${OPTION} in the inventory.`,
          cause,
        });
      }
    },
  };
}

/** Which file it is, where OpenSSH's configuration names none. */
const OPTION = 'ssh.knownHostsFile';

/** What was read last of each file. Many hosts are looked up in a file that seldom changes, and then grows at its end. */
const parsed = new Map<string, { readonly text: string; readonly entries: readonly KnownHost[] }>();

function entriesOf(file: string): readonly KnownHost[] {
  const text = readIfThere(file);
  const known = parsed.get(file);
  if (known?.text === text) return known.entries;
  const entries = parseKnownHosts(file, text);
  parsed.set(file, { text, entries });
  return entries;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    // A file that cannot be read must not look like one that knows nobody: that would let a changed key in.
    throw new KinitError(`${file} cannot be read`, {
      class: 'access',
      tried: `read ${file}`,
      found: cause instanceof Error ? cause.message : String(cause),
      hint: `Mend it, or name another file with ${OPTION} in the inventory.`,
      cause,
    });
  }
}
