import { homedir, userInfo } from 'node:os';
import { defined } from '../../model/defined.js';
import { unbracketed } from '../../model/text/address.js';
import { UNSAID } from './ask.js';
import type { Given } from './ask.js';
import { expandPath, expandTokens } from './tokens.js';

/** The settings kinit takes from an OpenSSH client configuration; the others say nothing to it. */
export interface ConfigSettings {
  readonly hostName: string;
  readonly user?: string;
  readonly port?: number;
  /** Absolute, in order. */
  readonly identityFiles: readonly string[];
  /** Absolute, in order. */
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Path of a socket; 'none': use no agent. */
  readonly identityAgent?: string;
  /** '[user@]host[:port]' each, in order. */
  readonly proxyJump: readonly string[];
  readonly proxyCommand?: string;
  readonly hostKeyAlias?: string;
  /** Absolute, in order; absent: the configuration names none. */
  readonly knownHostsFiles?: readonly string[];
}

/** Not followed: without a memory of keys, one that changed looks like a new one. */
const NO_MEMORY = new Set(['none', '/dev/null']);

/** Reads what `ssh -G` printed: a line 'keyword value' each, keywords in lower case, several for identity files. */
export function readAnswer(answer: string, destination: string, given: Given): ConfigSettings {
  const values = new Map<string, string[]>();
  for (const line of answer.split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    values.set(keyword, [...(values.get(keyword) ?? []), value]);
  }
  const text = (keyword: string): string | undefined => {
    const value = values.get(keyword)?.[0];
    return value === 'none' && keyword !== 'identityagent' ? undefined : value;
  };
  const user = text('user') ?? given.defaultUser;
  const port = Number(text('port') ?? 22);
  const hostName = text('hostname') ?? destination;
  const jump = text('proxyjump');
  const alias = text('hostkeyalias');
  const command = text('proxycommand');
  const agent = agentSocket(text('identityagent'));
  const known = text('userknownhostsfile');
  // ssh -G leaves these words as they stand in the file.
  const words = {
    original: destination,
    host: hostName,
    port,
    user,
    ...defined({ hostKeyAlias: alias, proxyJump: jump }),
  };
  const paths = (keyword: string): string[] =>
    (values.get(keyword) ?? [])
      .filter((file) => file !== UNSAID && file !== 'none')
      .map((file) => expandPath(file, words));
  return {
    hostName: unbracketed(hostName),
    user,
    port,
    identityFiles: paths('identityfile'),
    certificateFiles: paths('certificatefile'),
    identitiesOnly: text('identitiesonly') === 'yes',
    ...defined({ identityAgent: agent }),
    proxyJump: jump === undefined ? [] : jump.split(',').map((hop) => expandTokens(hop.trim(), words)),
    ...(command === undefined ? {} : { proxyCommand: expandTokens(command, words) }),
    ...defined({ hostKeyAlias: alias }),
    ...(known === undefined || known === UNSAID || NO_MEMORY.has(known)
      ? {}
      : {
          knownHostsFiles: known
            .split(' ')
            .filter((file) => !NO_MEMORY.has(file))
            .map(ourHome),
        }),
  };
}

function agentSocket(value: string | undefined): string | undefined {
  if (value === undefined || value === 'SSH_AUTH_SOCK') return undefined;
  if (value.startsWith('$')) return process.env[value.slice(1)] ?? '';
  return ourHome(value);
}

/** ssh takes the home folder from the list of users, kinit (like everybody else) from $HOME. */
function ourHome(path: string): string {
  const theirs = `${userInfo().homedir}/`;
  return path.startsWith(theirs) ? `${homedir()}/${path.slice(theirs.length)}` : path;
}
