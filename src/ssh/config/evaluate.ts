import { expandPath, expandTokens } from './tokens.js';
import type { TokenValues } from './tokens.js';
import { hostLineMatches, matchLineMatches } from './match.js';
import type { ConfigLine } from './parse.js';

/** The settings kinit takes from an OpenSSH client configuration; the others say nothing to it. */
export interface ConfigSettings {
  readonly hostName: string;
  readonly user?: string;
  readonly port?: number;
  /** Absolute, in order. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Path of a socket; 'none': use no agent. */
  readonly identityAgent?: string;
  /** '[user@]host[:port]' each, in order. */
  readonly proxyJump: readonly string[];
  readonly proxyCommand?: string;
  readonly hostKeyAlias?: string;
}

/** Values as they stand in the file: the first one counts, but identity files add up. */
interface Raw {
  readonly first: Map<string, string>;
  readonly identityFiles: string[];
}

const SINGLE = new Set(['hostname', 'user', 'port', 'identitiesonly', 'identityagent', 'hostkeyalias']);

/** Goes through the lines as ssh does (readconf.c): top down, the first value of each keyword counts. */
export async function evaluate(
  lines: readonly ConfigLine[],
  destination: string,
  given: { readonly user?: string; readonly port?: number; readonly defaultUser: string },
): Promise<ConfigSettings> {
  const raw: Raw = { first: new Map(), identityFiles: [] };
  if (given.user !== undefined) raw.first.set('user', given.user);
  if (given.port !== undefined) raw.first.set('port', String(given.port));
  const pass = { wantsFinal: false };

  const values = (): TokenValues => {
    const alias = raw.first.get('hostkeyalias');
    const jump = raw.first.get('proxyjump');
    const named = raw.first.get('hostname');
    const basic = {
      original: destination,
      host: destination,
      port: Number(raw.first.get('port') ?? 22),
      user: raw.first.get('user') ?? given.defaultUser,
    };
    const host = named === undefined ? destination : expandTokens(named, basic);
    return {
      ...basic,
      host,
      ...(alias === undefined ? {} : { hostKeyAlias: alias }),
      ...(jump === undefined || jump === 'none' ? {} : { proxyJump: jump }),
    };
  };
  const walk = async (block: readonly ConfigLine[], enclosing: boolean, final: boolean): Promise<void> => {
    let active = enclosing;
    for (const line of block) {
      if (line.keyword === 'host')
        active = enclosing && hostLineMatches(line.args, final ? values().host : destination);
      else if (line.keyword === 'match') active = enclosing && (await matchLineMatches(line, values(), pass, final));
      else if (line.keyword === 'include') for (const file of line.included ?? []) await walk(file, active, final);
      else if (active) take(raw, line);
    }
  };
  await walk(lines, true, false);
  if (pass.wantsFinal) await walk(lines, true, true);
  return settings(raw, values());
}

function take({ first, identityFiles }: Raw, { keyword, args, rest }: ConfigLine): void {
  const value = args[0];
  if (value === undefined) return;
  if (keyword === 'identityfile') {
    if (!identityFiles.includes(value)) identityFiles.push(value);
  } else if (keyword === 'proxyjump' || keyword === 'proxycommand') {
    // Whichever of the two stands first wins.
    if (!first.has('proxyjump') && !first.has('proxycommand'))
      first.set(keyword, keyword === 'proxycommand' ? rest : value);
  } else if (SINGLE.has(keyword) && !first.has(keyword)) first.set(keyword, value);
}

function settings({ first, identityFiles }: Raw, values: TokenValues): ConfigSettings {
  const text = (key: string): string | undefined => first.get(key);
  const agent = text('identityagent');
  const jump = text('proxyjump');
  const command = text('proxycommand');
  const alias = text('hostkeyalias');
  const user = text('user');
  const port = text('port');
  return {
    hostName: values.host,
    ...(user === undefined ? {} : { user: expandPath(user, values) }),
    ...(port === undefined ? {} : { port: Number(port) }),
    identityFiles: identityFiles.filter((file) => file !== 'none').map((file) => expandPath(file, values)),
    identitiesOnly: text('identitiesonly') === 'yes',
    ...(agent === undefined || agent === 'SSH_AUTH_SOCK'
      ? {}
      : {
          identityAgent:
            agent.startsWith('$') && !agent.startsWith('${')
              ? (process.env[agent.slice(1)] ?? '')
              : expandPath(agent, values),
        }),
    proxyJump:
      jump === undefined || jump === 'none' ? [] : jump.split(',').map((hop) => expandTokens(hop.trim(), values)),
    ...(command === undefined || command === 'none' ? {} : { proxyCommand: expandTokens(command, values) }),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
  };
}
