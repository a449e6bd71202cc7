/** The data types of SSH (RFC 4251, section 5). */

export function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A whole number without sign, most significant byte first, as mpint. */
export function mpint(value: Uint8Array): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.alloc(0) : Buffer.from(value.subarray(first));
  const negative = (digits[0] ?? 0) >= 0x80;
  return sshString(negative ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** Takes one value after the other. Throws RangeError behind the end. */
export interface WireReader {
  readonly uint32: () => number;
  readonly uint64: () => bigint;
  readonly string: () => Buffer;
}

export function wireReader(bytes: Buffer): WireReader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError(`${String(length)} bytes wanted, the message is at its end`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (): number => take(4).readUInt32BE();
  return { uint32: number, uint64: () => take(8).readBigUInt64BE(), string: () => take(number()) };
}
