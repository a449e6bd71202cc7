import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import { describeKey, readKeyFile } from './keys.js';
import type { KeyFile } from './keys.js';
import type { KeyRing } from './key-ring.js';
import type { Hop } from '../connect/route.js';
import { expandHome } from '../../model/text/home.js';

/** What ssh tries without configuration, in its order. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const AGENT_TIMEOUT_MS = 3000;

/** A key we can sign with. */
export interface Identity {
  readonly publicKey: ParsedKey;
  /** Asks for a passphrase where that is needed; only called once the server has said that it takes the key. */
  readonly sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
}

export interface Identities {
  readonly offered: readonly Identity[];
  /** One text each, for the error when all are refused. */
  readonly tried: readonly string[];
  /** What could not be used, and why. */
  readonly notes: readonly string[];
  /** Files with a key that nothing opens. */
  readonly locked: readonly string[];
}

/**
 * The keys to offer, in order: those of named files (from the agent where it holds them), and unless only these are
 * wanted, the agent's others and the default files. A server counts every key as an attempt, so less is more.
 */
export async function findIdentities(hop: Hop, ring: KeyRing): Promise<Identities> {
  const named = hop.identityFiles.map(expandHome);
  const usual = named.length > 0 || hop.identitiesOnly ? [] : DEFAULT_KEYS.map((name) => join(homedir(), '.ssh', name));
  const files = await readFiles([...named, ...usual], hop);
  const notes: string[] = [];
  const agent =
    hop.agent === undefined || files.every(({ holds }) => hop.identitiesOnly && holds === 'private')
      ? undefined
      : await askAgent(hop.agent, notes);
  const inAgent = (key: ParsedKey): boolean => agent?.keys.some((other) => same(other, key)) === true;
  const locked: string[] = [];

  const ofFiles: { readonly identity: Identity; readonly text: string }[] = [];
  for (const file of files) {
    const held = file.publicKey !== undefined && inAgent(file.publicKey);
    if (agent !== undefined && file.publicKey !== undefined && held)
      ofFiles.push({
        identity: agentIdentity(agent, file.publicKey),
        text: describeKey(`${file.file} in the SSH agent`, file.publicKey),
      });
    else if (file.holds === 'private' || (file.holds === 'encrypted' && ring.canOpen(hop.passphrase))) {
      // Only a PEM file without .pub must be opened to know which key it is.
      const publicKey = file.publicKey ?? (await ring.open(file, hop.passphrase));
      const sign: Identity['sign'] = async (data, hash) =>
        signWith(file.holds === 'private' ? publicKey : await ring.open(file, hop.passphrase), data, hash);
      ofFiles.push({ identity: { publicKey, sign }, text: describeKey(file.file, publicKey) });
    } else if (file.holds === 'encrypted') {
      locked.push(file.file);
      notes.push(`${file.file} is encrypted`);
    } else
      notes.push(
        file.holds === 'public'
          ? `${file.file} is a public key, and no SSH agent holds its private one`
          : `${file.file} holds no key`,
      );
  }

  const others =
    hop.identitiesOnly || agent === undefined
      ? []
      : agent.keys.filter((key) => !files.some(({ publicKey }) => publicKey !== undefined && same(publicKey, key)));
  const ofAgent = {
    identities: others.map((key) => agentIdentity(agent as Agent, key)),
    texts: others.length === 0 ? [] : [`SSH agent (${String(others.length)} ${others.length === 1 ? 'key' : 'keys'})`],
  };
  const fileIdentities = ofFiles.map(({ identity }) => identity);
  const fileTexts = ofFiles.map(({ text }) => text);
  const agentFirst = named.length === 0;
  return {
    offered: agentFirst ? [...ofAgent.identities, ...fileIdentities] : [...fileIdentities, ...ofAgent.identities],
    tried: agentFirst ? [...ofAgent.texts, ...fileTexts] : [...fileTexts, ...ofAgent.texts],
    notes,
    locked,
  };
}

/** There is no key at all to offer, and no way to a password. */
export function noIdentity(hop: Hop, { notes, locked }: Identities): KinitError {
  const [file] = locked;
  if (file !== undefined) {
    return new KinitError(`the SSH key for ${hop.name} is encrypted, and no SSH agent holds it`, {
      class: 'access',
      tried: file,
      found: notes.join('; '),
      hint: `Give it to an agent first: eval "$(ssh-agent)"; ssh-add ${quote(file)}. Or run kinit on a terminal, which asks for the passphrase, or name it in the inventory (ssh.passphraseEnv, ssh.passphraseFile).`,
    });
  }
  return new KinitError(`there is no SSH key to log in to ${hop.name} with`, {
    class: 'access',
    tried:
      hop.identityFiles.length > 0
        ? hop.identityFiles.join(', ')
        : `SSH agent, ${DEFAULT_KEYS.map((name) => `~/.ssh/${name}`).join(', ')}`,
    found: [hop.agent === undefined ? 'no SSH agent (SSH_AUTH_SOCK is not set)' : '', ...notes, 'none of the files']
      .filter((text) => text !== '')
      .join('; '),
    hint: 'Make one with ssh-keygen -t ed25519 and put it on the host with ssh-copy-id, or name another in ssh.identityFile.',
  });
}

/** All keys as one agent for ssh2, which asks for a signature only after the server has taken the key. `onFault` learns why a signature could not be made. */
export function asAgent(
  identities: readonly Identity[],
  onFault: (error: unknown) => void,
  hold: <T>(work: Promise<T>) => Promise<T>,
): BaseAgent {
  // ssh2 takes only what inherits from its own class.
  const agent = Object.create(ssh2.BaseAgent.prototype) as BaseAgent;
  return Object.assign(agent, {
    getIdentities: (done: (error: Error | undefined, keys: ParsedKey[]) => void) =>
      done(
        undefined,
        identities.map(({ publicKey }) => publicKey),
      ),
    sign: (publicKey: ParsedKey, data: Buffer, options: SigningRequestOptions, done: SignCallback) => {
      const { hash } = options;
      const identity = identities.find((each) => same(each.publicKey, publicKey));
      hold(identity === undefined ? Promise.reject(new Error('no such key')) : identity.sign(data, hash)).then(
        (signature) => done(undefined, signature),
        (error: unknown) => {
          onFault(error);
          done(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
}

async function readFiles(files: readonly string[], { name, identityRequired }: Hop): Promise<KeyFile[]> {
  const found: KeyFile[] = [];
  for (const file of files) {
    try {
      const key = await readKeyFile(file);
      if (identityRequired && key.holds === 'nothing')
        throw new KinitError(`${file} is not an SSH key`, {
          class: 'access',
          tried: `read ${file}`,
          hint: 'ssh.identityFile names the private key.',
        });
      found.push(key);
    } catch (cause) {
      if (cause instanceof KinitError) throw cause;
      if (identityRequired)
        throw new KinitError(`the SSH key for ${name} cannot be read`, {
          class: 'access',
          tried: `read ${file}`,
          found: cause instanceof Error ? cause.message : String(cause),
          hint: 'Correct ssh.identityFile in the inventory, or make a key: ssh-keygen -t ed25519',
          cause,
        });
      // Files that only a configuration names, or that are usual, need not be there: as with ssh.
    }
  }
  return found;
}

interface Agent {
  readonly agent: BaseAgent;
  readonly keys: readonly ParsedKey[];
}

function askAgent(path: string, notes: string[]): Promise<Agent | undefined> {
  const agent = ssh2.createAgent(path);
  return new Promise((resolve) => {
    const silent = (): void => {
      notes.push(`the SSH agent at ${path} does not answer`);
      resolve(undefined);
    };
    const timer = setTimeout(silent, AGENT_TIMEOUT_MS);
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error instanceof Error) return silent();
      const parsed = (keys ?? [])
        .map((key): unknown => (Buffer.isBuffer(key) || typeof key === 'string' ? ssh2.utils.parseKey(key) : key))
        .flatMap((key) => (key instanceof Error ? [] : [key as ParsedKey]));
      if (parsed.length === 0) notes.push('the SSH agent holds no key');
      resolve({ agent, keys: parsed });
    });
  });
}

function agentIdentity({ agent }: Agent, publicKey: ParsedKey): Identity {
  return {
    publicKey,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        // ssh2 takes an empty hash for "the key's own"; its types do not know.
        agent.sign(publicKey, data, { hash: hash as 'sha256' | 'sha512' }, (error, signature) =>
          signature === undefined ? reject(error ?? new Error('the SSH agent did not sign')) : resolve(signature),
        );
      }),
  };
}

function signWith(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const signature: unknown = key.sign(data, hash);
  if (Buffer.isBuffer(signature)) return signature;
  throw signature instanceof Error ? signature : new Error('the key cannot sign');
}

function same(one: ParsedKey, other: ParsedKey): boolean {
  return Buffer.compare(one.getPublicSSH(), other.getPublicSSH()) === 0;
}
