import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { keyType } from '../trust/host-key.js';
import { agentKeys, agentSignature } from './agent.js';
import { isCertificateType, parseCertificate, unusable } from './certificates.js';
import type { Certificate } from './certificates.js';
import { foreignKey } from './foreign-keys.js';
import type { KeyFile } from './key-file.js';
import type { KeyRing } from './key-ring.js';
import type { SecretSource } from '../../model/secret.js';
import { wholeSignature } from './signature.js';
import { wireReader } from './wire.js';

/** A key or certificate we can sign with. */
export interface Identity {
  readonly publicKey: ParsedKey;
  /**
   * Asks for a passphrase where that is needed; only called once the server has said that it takes the key. Of keys that ssh2
   * knows it gives the bytes of the signature, of foreign ones the whole of it.
   */
  readonly sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
}

/** What an agent holds. */
export interface Agent {
  readonly socket: string;
  /** In SSH wire form. */
  readonly keys: readonly Buffer[];
}

const AGENT_TIMEOUT_MS = 3000;

/** undefined, with a note: nothing answers there. */
export async function askAgent(socket: string, notes: string[]): Promise<Agent | undefined> {
  try {
    const keys = await agentKeys(socket, AbortSignal.timeout(AGENT_TIMEOUT_MS));
    if (keys.length === 0) notes.push('the SSH agent holds no key');
    return { socket, keys };
  } catch {
    notes.push(`the SSH agent at ${socket} does not answer`);
    return undefined;
  }
}

export function holds(agent: Agent | undefined, key: Buffer): agent is Agent {
  return agent?.keys.some((held) => held.equals(key)) === true;
}

/** A key in the agent; undefined, with a note, where it cannot be used: nothing is passed over in silence. */
export function agentIdentity({ socket }: Agent, key: Buffer, notes: string[]): Identity | undefined {
  const type = keyType(key);
  if (type.startsWith('sk-') && !isCertificateType(type)) return { publicKey: foreignKey(key), sign: whole };
  const certificate = parseCertificate(key);
  if (certificate !== undefined) {
    const why = unusable(certificate, new Date());
    if (why === undefined) return { publicKey: foreignKey(key), sign: whole };
    notes.push(`the certificate "${certificate.id}" in the SSH agent ${why}`);
    return undefined;
  }
  const publicKey: unknown = ssh2.utils.parseKey(`${type} ${key.toString('base64')}`);
  if (!(publicKey instanceof Error)) return { publicKey: publicKey as ParsedKey, sign: bytes };
  notes.push(`kinit cannot use keys of the type ${type}, of which the SSH agent holds one`);
  return undefined;

  function whole(data: Buffer): Promise<Buffer> {
    return agentSignature(socket, key, data, 'sha512');
  }
  async function bytes(data: Buffer, hash: string | undefined): Promise<Buffer> {
    const reader = wireReader(await agentSignature(socket, key, data, hash));
    reader.string();
    return reader.string();
  }
}

/** The private key of a file, opened when it is to sign. */
export function fileIdentity(
  file: KeyFile,
  publicKey: ParsedKey,
  ring: KeyRing,
  passphrase: SecretSource | undefined,
): Identity {
  return {
    publicKey,
    sign: async (data, hash) => {
      const signature: unknown = (await privateKey(file, publicKey, ring, passphrase)).sign(data, hash);
      if (Buffer.isBuffer(signature)) return signature;
      throw signature instanceof Error ? signature : new Error('the key cannot sign');
    },
  };
}

/** A certificate whose private key is in the agent (which may hold it as a key, or with the certificate) or in a file. */
export function certificateIdentity(
  certificate: Certificate,
  agent: Agent | undefined,
  file: KeyFile | undefined,
  ring: KeyRing,
  passphrase: SecretSource | undefined,
): Identity | undefined {
  const publicKey = foreignKey(certificate.blob);
  const held = [certificate.key, certificate.blob].find((key) => holds(agent, key));
  if (agent !== undefined && held !== undefined)
    return { publicKey, sign: (data) => agentSignature(agent.socket, held, data, 'sha512') };
  const own = file?.publicKey;
  if (file === undefined || own === undefined || (file.holds !== 'private' && file.holds !== 'encrypted'))
    return undefined;
  if (file.holds === 'encrypted' && !ring.canOpen(passphrase)) return undefined;
  return { publicKey, sign: async (data) => wholeSignature(await privateKey(file, own, ring, passphrase), data) };
}

async function privateKey(
  file: KeyFile,
  publicKey: ParsedKey,
  ring: KeyRing,
  passphrase: SecretSource | undefined,
): Promise<ParsedKey> {
  return file.holds === 'private' ? publicKey : ring.open(file, passphrase);
}
