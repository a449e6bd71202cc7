import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { defined } from '../../model/defined.js';
import { fingerprint, keyType, shortType } from '../trust/host-key.js';
import { foreignKey } from './foreign-keys.js';
import { wireReader } from './wire.js';

/** A key file, as far as it can be read without its passphrase. */
export interface KeyFile {
  readonly file: string;
  readonly text: string;
  /** Unknown only for encrypted keys in PEM format without a .pub file beside them. */
  readonly publicKey?: ParsedKey;
  /** Without a private key in it the agent must hold that. */
  readonly holds: 'private' | 'encrypted' | 'public' | 'hardware' | 'nothing';
}

/** Throws the error of the file system where it cannot be read. */
export async function readKeyFile(file: string): Promise<KeyFile> {
  const text = await readFile(file, 'utf8');
  const key = parse(text);
  if (key !== undefined) return { file, text, publicKey: key, holds: key.isPrivateKey() ? 'private' : 'public' };
  const onHardware = hardwareKey(text);
  if (onHardware !== undefined) return { file, text, ...onHardware };
  if (!isEncrypted(text)) return { file, text, holds: 'nothing' };
  const publicKey = publicPart(text) ?? parse(await readFile(`${file}.pub`, 'utf8').catch(() => ''));
  return { file, text, holds: 'encrypted', ...defined({ publicKey }) };
}

/** undefined: the passphrase is wrong. */
export function decrypt({ text }: KeyFile, passphrase: string): ParsedKey | undefined {
  return parse(text, passphrase);
}

/** Whether a private key file needs a passphrase: from its own header, in OpenSSH's format (PROTOCOL.key) and in PEM. */
export function isEncrypted(text: string): boolean {
  const header = opensshHeader(text);
  return header === undefined
    ? /^Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(text)
    : header.cipher !== 'none';
}

export function describeKey(where: string, key: ParsedKey): string {
  return `${where} (${shortType(key.type)} ${fingerprint(key.getPublicSSH())})`;
}

function parse(text: string, passphrase?: string): ParsedKey | undefined {
  try {
    const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
    const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    return key instanceof Error || key === undefined ? undefined : (key as ParsedKey);
  } catch {
    return undefined;
  }
}

/** A key on a FIDO token: its file, or its .pub file. ssh2 knows neither. */
function hardwareKey(text: string): Pick<KeyFile, 'publicKey' | 'holds'> | undefined {
  const blob = opensshHeader(text)?.publicKey;
  if (blob !== undefined && keyType(blob).startsWith('sk-')) return { publicKey: foreignKey(blob), holds: 'hardware' };
  const [type = '', base64 = ''] = text.split(/\s+/);
  const key = Buffer.from(base64, 'base64');
  if (!type.startsWith('sk-') || keyType(key) !== type) return undefined;
  return { publicKey: foreignKey(key), holds: 'public' };
}

/** In OpenSSH's format the public key stands before the encrypted part. */
function publicPart(text: string): ParsedKey | undefined {
  const blob = opensshHeader(text)?.publicKey;
  if (blob === undefined || blob.length < 4) return undefined;
  const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
  return parse(`${type} ${blob.toString('base64')}`);
}

function opensshHeader(text: string): { readonly cipher: string; readonly publicKey: Buffer } | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  const reader = wireReader(bytes.subarray('openssh-key-v1\0'.length));
  try {
    const cipher = reader.string().toString('latin1');
    // Name and options of the key derivation, then the number of keys.
    reader.string();
    reader.string();
    reader.uint32();
    return { cipher, publicKey: reader.string() };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
