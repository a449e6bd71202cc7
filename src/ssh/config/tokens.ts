import { createHash } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import { expandHome } from '../../model/text/home.js';

/** What the %-tokens of ssh_config(5) stand for where one host's settings are read. */
export interface TokenValues {
  /** As it was asked for. */
  readonly original: string;
  /** After HostName. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias?: string;
  readonly proxyJump?: string;
}

/** Replaces %h and the like; unknown ones stay. */
export function expandTokens(text: string, values: TokenValues): string {
  const local = localNames();
  const { host, original, port, user } = values;
  const known: Readonly<Record<string, string>> = {
    '%': '%',
    C: createHash('sha1')
      .update(`${local.host}${host}${String(port)}${user}${values.proxyJump ?? ''}`)
      .digest('hex'),
    d: homedir(),
    h: host,
    i: String(process.getuid?.() ?? ''),
    j: values.proxyJump ?? '',
    k: values.hostKeyAlias ?? original,
    L: local.host.split('.')[0] ?? '',
    l: local.host,
    n: original,
    p: String(port),
    r: user,
    u: local.user,
  };
  return text.replaceAll(/%(.)/g, (token, letter: string) => known[letter] ?? token);
}

/** '~/' and ${NAME} in the name of a file, then the tokens. */
export function expandPath(text: string, values: TokenValues): string {
  const named = text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => process.env[name] ?? '');
  return expandTokens(expandHome(named), values);
}

export function localNames(): { readonly host: string; readonly user: string } {
  try {
    return { host: hostname(), user: userInfo().username };
  } catch {
    // A container may run as a user that no passwd file knows.
    return { host: hostname(), user: process.env['USER'] ?? 'root' };
  }
}
