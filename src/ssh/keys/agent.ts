import { createConnection } from 'node:net';
import { sshString, uint32, wireReader } from './wire.js';

/** Messages of draft-miller-ssh-agent, section 6.1. */
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
/** What an RSA key signs over (section 4.5.1); keys of other types do not look at it. */
const HASH_FLAGS: Readonly<Record<string, number>> = { sha256: 2, sha512: 4 };
/** What says more than this is no agent; in bytes. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** The keys an agent holds, in SSH wire form; certificates and keys on hardware too. Throws what went wrong. */
export async function agentKeys(socket: string, signal: AbortSignal): Promise<Buffer[]> {
  const reader = wireReader(await request(socket, Buffer.from([REQUEST_IDENTITIES]), IDENTITIES_ANSWER, signal));
  return Array.from({ length: reader.uint32() }, () => {
    const key = reader.string();
    // Its comment.
    reader.string();
    return key;
  });
}

/** Has the agent sign. Gives the whole signature: its type, its bytes, and what hardware adds (OpenSSH: PROTOCOL.u2f). */
export async function agentSignature(socket: string, key: Buffer, data: Buffer, hash?: string): Promise<Buffer> {
  const flags = uint32(HASH_FLAGS[hash ?? ''] ?? 0);
  const message = Buffer.concat([Buffer.from([SIGN_REQUEST]), sshString(key), sshString(data), flags]);
  return wireReader(await request(socket, message, SIGN_RESPONSE)).string();
}

/** One message and its answer, which begins with the type that is wanted; what follows that is given. */
function request(path: string, message: Buffer, wanted: number, signal?: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path, ...(signal === undefined ? {} : { signal }) });
    let answer = Buffer.alloc(0);
    const end = (act: () => void): void => {
      act();
      socket.destroy();
    };
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('close', () => reject(new Error('the SSH agent closed the connection')));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 4) return;
      const length = answer.readUInt32BE(0);
      if (length > LONGEST_ANSWER) return end(() => reject(new Error('what answers there is no SSH agent')));
      if (answer.length < 4 + length) return;
      const [type, rest] = [answer[4], answer.subarray(5, 4 + length)];
      end(() => (type === wanted ? resolve(rest) : reject(new Error('the SSH agent did not sign'))));
    });
    socket.write(sshString(message));
  });
}
