import type { Duplex } from 'node:stream';

const TYPE_A = 1;

/** Asks a name server over a TCP stream for the IPv4 addresses of a name. [] where it has none; rejects where it does not answer. */
export function askDns(stream: Duplex, name: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    const stop = (why: string): void => reject(new Error(why));
    stream.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      if (held.length < 2 || held.length < held.readUInt16BE(0) + 2) return;
      resolve(addresses(held.subarray(2, held.readUInt16BE(0) + 2)));
    });
    stream.once('error', (error: Error) => stop(error.message));
    stream.once('close', () => stop('the connection was closed without an answer'));
    stream.write(query(name));
  });
}

/** RFC 1035, section 4: header and one question; over TCP two bytes of length stand before it. */
function query(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  const message = Buffer.concat([
    Buffer.from([0x4b, 0x49, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]),
    ...labels,
    Buffer.from([0, 0, TYPE_A, 0, 1]),
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function addresses(message: Buffer): string[] {
  if (message.length < 12) return [];
  let at = skipName(message, 12) + 4;
  const found: string[] = [];
  for (let left = message.readUInt16BE(6); left > 0 && at < message.length; left -= 1) {
    at = skipName(message, at);
    if (at + 10 > message.length) break;
    const length = message.readUInt16BE(at + 8);
    if (message.readUInt16BE(at) === TYPE_A && length === 4)
      found.push([...message.subarray(at + 10, at + 14)].join('.'));
    at += 10 + length;
  }
  return found;
}

/** A name ends with an empty label, or with a pointer of two bytes. */
function skipName(message: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = message[at] ?? 0;
    if (length >= 0xc0) return at + 2;
    if (length === 0) return at + 1;
    at += 1 + length;
  }
}
