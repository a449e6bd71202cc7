import { keyType } from '../trust/host-key.js';
import { sshString, wireReader } from './wire.js';

/** What kinit reads of a certificate for a user's key (OpenSSH: PROTOCOL.certkeys). */
export interface Certificate {
  readonly type: string;
  /** The whole of it in SSH wire form: what a server is shown. */
  readonly blob: Buffer;
  /** The key it is about, in SSH wire form. */
  readonly key: Buffer;
  /** What its authority calls it, for logs. */
  readonly id: string;
  readonly forUsers: boolean;
  /** User names it is for; none: for all. */
  readonly principals: readonly string[];
  /** Seconds since 1970. Infinity: for ever. */
  readonly validAfter: number;
  readonly validBefore: number;
}

const ENDING = '-cert-v01@openssh.com';
const FOR_USERS = 1;

/** How many fields make up a public key of the type, behind its name. */
const FIELDS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
};

export function isCertificateType(type: string): boolean {
  return type.endsWith(ENDING);
}

/** undefined: it is no certificate, or one of a kind that is not known. */
export function parseCertificate(blob: Buffer): Certificate | undefined {
  const type = keyType(blob);
  const plain = plainType(type);
  const fields = FIELDS[plain];
  if (!isCertificateType(type) || fields === undefined) return undefined;
  try {
    const reader = wireReader(blob);
    reader.string();
    // A nonce of the authority's.
    reader.string();
    const key = Buffer.concat([sshString(plain), ...Array.from({ length: fields }, () => sshString(reader.string()))]);
    reader.uint64();
    const forUsers = reader.uint32() === FOR_USERS;
    const id = reader.string().toString('utf8');
    const names = reader.string();
    const [validAfter, validBefore] = [Number(reader.uint64()), reader.uint64()];
    // What the server judges: options, extensions, a reserved field, the authority and its signature.
    for (let left = 5; left > 0; left -= 1) reader.string();
    const forEver = validBefore === 0xffff_ffff_ffff_ffffn;
    return {
      ...{ type, blob, key, id, forUsers, principals: namesIn(names), validAfter },
      validBefore: forEver ? Infinity : Number(validBefore),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The line of a .pub file: 'type base64 comment'. */
export function parseCertificateLine(text: string): Certificate | undefined {
  const [type = '', base64 = ''] = text.trim().split(/\s+/);
  return isCertificateType(type) ? parseCertificate(Buffer.from(base64, 'base64')) : undefined;
}

/** Why no server will take it now; undefined: nothing speaks against it. */
export function unusable({ forUsers, validAfter, validBefore }: Certificate, now: Date): string | undefined {
  const seconds = now.getTime() / 1000;
  if (!forUsers) return 'is for a host, not for a user';
  if (seconds < validAfter) return `is valid from ${isoTime(validAfter)} on`;
  if (seconds >= validBefore) return `ended on ${isoTime(validBefore)}`;
  return undefined;
}

/** The key type below a certificate's, as OpenSSH names it. */
function plainType(type: string): string {
  const plain = type.slice(0, -ENDING.length);
  return plain.startsWith('sk-') ? `${plain}@openssh.com` : plain;
}

function namesIn(list: Buffer): string[] {
  const reader = wireReader(list);
  const names: string[] = [];
  for (let at = 0; at < list.length; ) {
    const name = reader.string();
    names.push(name.toString('utf8'));
    at += 4 + name.length;
  }
  return names;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
