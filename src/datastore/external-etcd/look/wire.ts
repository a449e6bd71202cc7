/** As much of protocol buffers as etcd's questions need (https://protobuf.dev/programming-guides/encoding/). */

/** A field of bytes or text. */
export function bytesField(number: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

/** A field of a whole number, or true as 1. */
export function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

/** The values of a message by the number of their field: bytes, or whole numbers. @throws Error where it is none */
export function fieldsOf(message: Buffer): ReadonlyMap<number, readonly (Buffer | number)[]> {
  const fields = new Map<number, (Buffer | number)[]>();
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined || factor > 2 ** 63) throw new Error('a message ends within a number');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = next();
    const kind = tag & 7;
    const value = kind === 0 ? next() : sliceOf(kind === 2 ? next() : kind === 1 ? 8 : 4);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;

  function sliceOf(length: number): Buffer {
    const end = at + length;
    if (end > message.length) throw new Error('a message ends within a field');
    const slice = message.subarray(at, end);
    at = end;
    return slice;
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(rest % 128 | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
