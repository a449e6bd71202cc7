import { createHash } from 'node:crypto';

/** Public keys of OpenPGP (RFC 9580), as far as repositories are concerned. */
export interface PublicKeys {
  /** One block of text, as every package manager reads it. */
  readonly armored: string;
  /** Of the primary keys: upper-case hex. */
  readonly fingerprints: readonly string[];
  /** Every signature that binds a key to its name is by SHA-1 or something older: newer systems take such a key for unsigned. */
  readonly weak?: true;
}

const BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----([^]*?)-----END PGP PUBLIC KEY BLOCK-----/g;
/** Packet type IDs (RFC 9580, 5). */
const SIGNATURE = 2;
const PUBLIC_KEY = 6;
const SUBKEY = 14;
/** Types of signatures that say something of a primary key: certifications of a name, and of the key itself (5.2.1). */
const CERTIFICATIONS = [0x10, 0x11, 0x12, 0x13, 0x1f];
/** Hash algorithm IDs (9.5): MD5, SHA-1, RIPEMD-160. */
const WEAK_HASHES = [1, 2, 3];
/** Signature subpackets (5.2.3.7): the issuer's key ID, and its fingerprint. */
const ISSUERS = [16, 33];

/** The keys in a file, armored or not; undefined where there are none. */
export function publicKeys(file: Uint8Array): PublicKeys | undefined {
  const bytes = dearmored(file);
  const packets = packetsOf(bytes);
  const fingerprints = packets.flatMap(({ type, body }) => (type === PUBLIC_KEY ? fingerprintOf(body) : []));
  if (fingerprints.length === 0) return undefined;
  const hashes = ownHashes(packets);
  const weak = hashes.length > 0 && hashes.every((hash) => WEAK_HASHES.includes(hash));
  return { armored: armor(bytes), fingerprints, ...(weak ? { weak } : {}) };
}

/** Hash algorithms of the signatures by which primary keys speak for themselves; those of others do not bind. */
function ownHashes(packets: readonly Packet[]): number[] {
  let key: string | undefined;
  return packets.flatMap(({ type, body }) => {
    if (type === PUBLIC_KEY) key = fingerprintOf(body)[0];
    if (type === SUBKEY) key = undefined;
    const signature = type === SIGNATURE && key !== undefined ? signatureOf(body) : undefined;
    if (signature === undefined || !CERTIFICATIONS.includes(signature.type)) return [];
    const own = signature.issuers.length === 0 || signature.issuers.some((issuer) => key?.endsWith(issuer) === true);
    return own ? [signature.hash] : [];
  });
}

/** RFC 9580, 5.2.3, of version 4 and 6; issuers as upper-case hex, key ID or fingerprint. */
function signatureOf(body: Buffer): { type: number; hash: number; issuers: string[] } | undefined {
  const [version, type = 0, , hash = 0] = body;
  if (version !== 4 && version !== 6) return undefined;
  const octets = version === 6 ? 4 : 2;
  const issuers: string[] = [];
  let at = 4;
  // Two areas: what is signed, and what is only said.
  for (let area = 0; area < 2 && at + octets <= body.length; area++) {
    const end = at + octets + body.readUIntBE(at, octets);
    for (at += octets; at < Math.min(end, body.length); ) {
      const { size, length } = subpacketAt(body, at);
      const content = body.subarray(at + size, at + size + length);
      const what = (content[0] ?? 0) & 0x7f;
      // A fingerprint has its version in front.
      if (ISSUERS.includes(what)) issuers.push(hex(content.subarray(what === 33 ? 2 : 1)));
      at += size + length;
    }
    at = end;
  }
  return { type, hash, issuers };
}

/** RFC 9580, 5.2.3.7: octets of the length, and the length. */
function subpacketAt(bytes: Buffer, at: number): { size: number; length: number } {
  const one = bytes[at] ?? 0;
  if (one < 192) return { size: 1, length: one };
  if (one < 255) return { size: 2, length: ((one - 192) << 8) + (bytes[at + 1] ?? 0) + 192 };
  return { size: 5, length: at + 5 <= bytes.length ? bytes.readUInt32BE(at + 1) : 0 };
}

const hex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();

/** All blocks of a text as one run of packets. */
function dearmored(file: Uint8Array): Buffer {
  const text = Buffer.from(file).toString('latin1');
  const blocks = [...text.matchAll(BLOCK)].map(([, block = '']) => {
    // Headers end with an empty line; the checksum is a line that begins with '='.
    const body = block.replace(/^[^]*?\r?\n[ \t]*\r?\n/, '').replace(/^=.{4}[ \t]*\r?$/m, '');
    return Buffer.from(body, 'base64');
  });
  return blocks.length === 0 ? Buffer.from(file) : Buffer.concat(blocks);
}

interface Packet {
  readonly type: number;
  readonly body: Buffer;
}

/** Packets up to the first that is none: what follows is no key. */
function packetsOf(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = headerAt(bytes, at);
    if (header === undefined || at + header.size + header.length > bytes.length) break;
    const start = at + header.size;
    packets.push({ type: header.type, body: bytes.subarray(start, start + header.length) });
    at = start + header.length;
  }
  return packets;
}

/** RFC 9580, 4.2: the header's size in bytes, and the length of what follows. */
function headerAt(bytes: Buffer, at: number): { type: number; size: number; length: number } | undefined {
  const first = bytes[at] ?? 0;
  const size = bytes.length - at;
  if ((first & 0x80) === 0 || size < 6) return undefined;
  if ((first & 0x40) === 0) {
    const type = (first >> 2) & 0x0f;
    const octets = [1, 2, 4][first & 3];
    return octets === undefined ? undefined : { type, size: 1 + octets, length: bytes.readUIntBE(at + 1, octets) };
  }
  const type = first & 0x3f;
  const one = bytes[at + 1] ?? 0;
  if (one < 192) return { type, size: 2, length: one };
  if (one < 224) return { type, size: 3, length: ((one - 192) << 8) + (bytes[at + 2] ?? 0) + 192 };
  return one === 255 ? { type, size: 6, length: bytes.readUInt32BE(at + 2) } : undefined;
}

/** RFC 9580, 5.5.4: version 4 by SHA-1, version 6 by SHA-256. */
function fingerprintOf(body: Buffer): string[] {
  const version = body[0];
  const [prefix, octets, hash] = version === 6 ? [0x9b, 4, 'sha256'] : [0x99, 2, 'sha1'];
  if (version !== 4 && version !== 6) return [];
  const head = Buffer.alloc(1 + Number(octets));
  head[0] = Number(prefix);
  head.writeUIntBE(body.length, 1, Number(octets));
  return [hex(createHash(String(hash)).update(head).update(body).digest())];
}

function armor(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  const checksum = Buffer.alloc(3);
  checksum.writeUIntBE(crc24(bytes), 0, 3);
  return [
    '-----BEGIN PGP PUBLIC KEY BLOCK-----',
    '',
    ...lines,
    `=${checksum.toString('base64')}`,
    '-----END PGP PUBLIC KEY BLOCK-----',
    '',
  ].join('\n');
}

/** RFC 9580, 6.1.1: older package managers refuse a block without it. */
function crc24(bytes: Uint8Array): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x800000) === 0 ? 0 : 0x1864cfb);
  }
  return crc & 0xffffff;
}
