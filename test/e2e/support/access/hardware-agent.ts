import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:net';
import { sshString, uint32, wireReader } from '../../../../src/ssh/keys/wire.js';

/** An SSH agent with one key on a FIDO token, in software: as OpenSSH's PROTOCOL.u2f describes what a token signs. */
export interface HardwareAgent {
  readonly socket: string;
  /** 'type base64', for authorized_keys. */
  readonly publicKey: string;
  /** How often the token was touched. */
  readonly touches: () => number;
  readonly stop: () => Promise<void>;
}

const TYPE = 'sk-ssh-ed25519@openssh.com';
const APPLICATION = 'ssh:';
const USER_PRESENT = Buffer.from([1]);

export async function startHardwareAgent(socket: string): Promise<HardwareAgent> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  // The key's 32 bytes are the last ones of its DER form (RFC 8410).
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const blob = Buffer.concat([TYPE, raw, APPLICATION].map(sshString));
  let counter = 0;
  const server = createServer((client) => {
    client.on('data', (message: Buffer) => {
      const reader = wireReader(message.subarray(5));
      if (message[4] === 11)
        return void client.write(
          sshString(Buffer.concat([Buffer.from([12]), uint32(1), sshString(blob), sshString('token')])),
        );
      if (message[4] !== 13 || !reader.string().equals(blob)) return void client.write(sshString(Buffer.from([5])));
      counter += 1;
      const hash = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
      const signed = Buffer.concat([hash(APPLICATION), USER_PRESENT, uint32(counter), hash(reader.string())]);
      const bytes = sshString(sign(null, signed, privateKey));
      const signature = Buffer.concat([sshString(TYPE), bytes, USER_PRESENT, uint32(counter)]);
      client.write(sshString(Buffer.concat([Buffer.from([14]), sshString(signature)])));
    });
    client.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    publicKey: `${TYPE} ${blob.toString('base64')}`,
    touches: () => counter,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
