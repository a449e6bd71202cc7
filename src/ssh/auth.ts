import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { KinitError } from '../model/error.js';
import { quote } from '../model/quote.js';
import { fingerprint, shortType } from './hostKey.js';
import { expandHome } from './trust.js';

/** What ssh tries without configuration, in its order. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const AGENT_TIMEOUT_MS = 3000;

export interface Credentials {
  readonly methods: readonly AnyAuthMethod[];
  /** One text each, for the error when all are refused. */
  readonly tried: readonly string[];
  /** What could not be used, and why. */
  readonly notes: readonly string[];
}

/**
 * Ways to prove who we are: the identity file alone where one is named (a server counts every key as an attempt),
 * else the SSH agent and the default keys. Throws KinitError 'access' when there is none.
 */
export async function credentials(options: { host: string; user: string; identityFile?: string }): Promise<Credentials> {
  const { host, user: username } = options;
  const agentPath = process.env['SSH_AUTH_SOCK'];
  const methods: AnyAuthMethod[] = [];
  const tried: string[] = [];
  const notes: string[] = [];
  let encrypted: string | undefined;

  if (options.identityFile !== undefined) {
    const file = expandHome(options.identityFile);
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new KinitError(`the SSH key for ${host} cannot be read`, { class: 'access', host, tried: `read ${file}`, found: cause instanceof Error ? cause.message : String(cause), hint: 'Correct ssh.identityFile in the inventory, or make a key: ssh-keygen -t ed25519', cause });
    });
    if (isEncrypted(text)) encrypted = file;
    else {
      const key = privateKey(text);
      if (key === undefined) throw new KinitError(`${file} is not an SSH private key`, { class: 'access', host, tried: `read ${file}`, hint: 'ssh.identityFile names the private key, not the .pub file.' });
      methods.push({ type: 'publickey', username, key });
      tried.push(describe(file, key));
    }
  }

  if ((options.identityFile === undefined || encrypted !== undefined) && agentPath !== undefined && agentPath !== '') {
    const count = await agentKeyCount(agentPath);
    if (count === undefined) notes.push(`the SSH agent at ${agentPath} does not answer`);
    else if (count === 0) notes.push('the SSH agent holds no key');
    else {
      methods.push({ type: 'agent', username, agent: agentPath });
      tried.push(`SSH agent (${count} ${count === 1 ? 'key' : 'keys'})`);
    }
  }

  for (const name of options.identityFile === undefined ? DEFAULT_KEYS : []) {
    const file = join(homedir(), '.ssh', name);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const key = isEncrypted(text) ? undefined : privateKey(text);
    if (key === undefined) {
      encrypted = file;
      notes.push(`${file} is encrypted`);
      continue;
    }
    methods.push({ type: 'publickey', username, key });
    tried.push(describe(file, key));
  }

  if (methods.length > 0) return { methods, tried, notes };
  if (encrypted !== undefined) {
    throw new KinitError(`the SSH key for ${host} is encrypted, and no SSH agent holds it`, { class: 'access', host, tried: encrypted, ...(notes.length > 0 ? { found: notes.join('; ') } : {}), hint: `Give it to an agent first: eval "$(ssh-agent)"; ssh-add ${quote(encrypted)}` });
  }
  throw new KinitError(`there is no SSH key to log in to ${host} with`, {
    class: 'access',
    host,
    tried: `SSH agent, ${DEFAULT_KEYS.map((name) => `~/.ssh/${name}`).join(', ')}`,
    found: [agentPath === undefined || agentPath === '' ? 'no SSH agent (SSH_AUTH_SOCK is not set)' : '', ...notes, 'none of the files'].filter((text) => text !== '').join('; '),
    hint: 'Make one with ssh-keygen -t ed25519 and put it on the host with ssh-copy-id, or name another in ssh.identityFile.',
  });
}

/** Whether a private key file needs a passphrase: from its own header, in OpenSSH's format (PROTOCOL.key) and in PEM. */
export function isEncrypted(text: string): boolean {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  if (body === undefined) return /^Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(text);
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0'.length;
  const length = bytes.length < magic + 4 ? 0 : bytes.readUInt32BE(magic);
  return bytes.toString('latin1', magic + 4, magic + 4 + length) !== 'none';
}

function privateKey(text: string): ParsedKey | undefined {
  const parsed: unknown = ssh2.utils.parseKey(text);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) return undefined;
  return (key as ParsedKey).isPrivateKey() ? (key as ParsedKey) : undefined;
}

function describe(file: string, key: ParsedKey): string {
  return `${file} (${shortType(key.type)} ${fingerprint(key.getPublicSSH())})`;
}

function agentKeyCount(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), AGENT_TIMEOUT_MS);
    ssh2.createAgent(path).getIdentities((error, keys) => {
      clearTimeout(timer);
      resolve(error instanceof Error ? undefined : (keys?.length ?? 0));
    });
  });
}
