import ssh2 from 'ssh2';
import type { Client, ParsedKey } from 'ssh2';
import { keyType } from '../trust/host-key.js';
import { sshString } from './wire.js';

/**
 * Keys that ssh2 does not know: certificates and keys on hardware. ssh2 keeps and offers them like others, and asks for the
 * signature when the server takes one; only how such a key is named and signed in the request is written here.
 */
const foreign = new WeakSet<object>();

/** Any key that ssh2 knows: it looks at its class only. */
const known = ssh2.utils.parseKey(
  `ssh-ed25519 ${Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(32))]).toString('base64')}`,
) as ParsedKey;

/** @param blob in SSH wire form; what signs with it gives whole signatures, with their type */
export function foreignKey(blob: Buffer): ParsedKey {
  const key = Object.create(known, {
    type: { value: keyType(blob) },
    getPublicSSH: { value: () => blob },
    isPrivateKey: { value: () => false },
  }) as ParsedKey;
  foreign.add(key);
  return key;
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

/** What of ssh2's protocol this needs. ssh2 is pinned to one version, and a test logs in with such keys. */
interface Protocol {
  authPK: (user: string, key: ParsedKey, algorithm?: string | Sign, sign?: Sign) => void;
  readonly _kex: { readonly sessionID: Buffer };
  readonly _authsQueue: string[];
  readonly _packetRW: {
    readonly write: { alloc: (size: number) => Buffer; allocStart: number; finalize: (packet: Buffer) => Buffer };
  };
  readonly _cipher: { encrypt: (packet: Buffer) => void };
  /** Set while keys are exchanged; what is to be sent then waits in _queue. */
  readonly _kexinit: unknown;
  _queue: Buffer[] | undefined;
}

const USERAUTH_REQUEST = 50;

/** To be called once, after connect() and before the login: the client then logs in with foreign keys too. */
export function acceptForeignKeys(client: Client): void {
  const { _protocol: protocol } = client as unknown as { readonly _protocol: Protocol };
  const ofSsh2 = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, sign) => {
    if (!foreign.has(key)) return ofSsh2(user, key, algorithm, sign);
    const request = (signed: boolean): Buffer =>
      Buffer.concat([
        Buffer.from([USERAUTH_REQUEST]),
        ...[user, 'ssh-connection', 'publickey'].map(sshString),
        Buffer.from([signed ? 1 : 0]),
        sshString(signatureAlgorithm(key.type)),
        sshString(key.getPublicSSH()),
      ]);
    // Asks whether the server would take it, or proves that we hold it (RFC 4252, section 7).
    const signing = typeof algorithm === 'function' ? algorithm : sign;
    if (signing === undefined) return send(protocol, request(false));
    signing(Buffer.concat([sshString(protocol._kex.sessionID), request(true)]), (signature) =>
      send(protocol, Buffer.concat([request(true), sshString(signature)])),
    );
  };
}

/** The name a request gives: RSA signs with SHA-512 (RFC 8332); for all others it is the key's type. */
function signatureAlgorithm(type: string): string {
  return type === 'ssh-rsa-cert-v01@openssh.com' ? 'rsa-sha2-512-cert-v01@openssh.com' : type;
}

function send(protocol: Protocol, payload: Buffer): void {
  const { write } = protocol._packetRW;
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  protocol._authsQueue.push('publickey');
  const finished = write.finalize(packet);
  if (protocol._kexinit === undefined) protocol._cipher.encrypt(finished);
  else protocol._queue = [...(protocol._queue ?? []), finished];
}
