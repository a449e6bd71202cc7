import { isIP } from 'node:net';
import forge from 'node-forge';

const { asn1 } = forge;
export type Der = forge.asn1.Asn1;

const universal = asn1.Class.UNIVERSAL;

export const sequence = (...items: Der[]): Der => asn1.create(universal, asn1.Type.SEQUENCE, true, items);
export const set = (...items: Der[]): Der => asn1.create(universal, asn1.Type.SET, true, items);
export const oid = (dotted: string): Der =>
  asn1.create(universal, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
export const octets = (bytes: string): Der => asn1.create(universal, asn1.Type.OCTETSTRING, false, bytes);
export const bits = (bytes: string, unused = 0): Der =>
  asn1.create(universal, asn1.Type.BITSTRING, false, String.fromCharCode(unused) + bytes);
export const boolean = (value: boolean): Der => asn1.create(universal, asn1.Type.BOOLEAN, false, value ? '\xff' : '\0');
export const integer = (bytes: string): Der => asn1.create(universal, asn1.Type.INTEGER, false, bytes);
export const nothing = (): Der => asn1.create(universal, asn1.Type.NULL, false, '');
/** A context-specific tag: constructed around items, or primitive with bytes. */
export const tagged = (tag: number, content: Der[] | string): Der =>
  asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, Array.isArray(content), content);

export const toBytes = (der: Der): string => asn1.toDer(der).getBytes();
export const fromBytes = (bytes: Uint8Array): Der => asn1.fromDer(Buffer.from(bytes).toString('latin1'));

/** An object identifier in dotted form. */
export function oidText(node: Der | undefined): string {
  return typeof node?.value === 'string' ? asn1.derToOid(node.value) : '';
}

/** A time of a certificate: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). Whole seconds. */
export function time(date: Date): Der {
  const text = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? asn1.create(universal, asn1.Type.UTCTIME, false, text.slice(2))
    : asn1.create(universal, asn1.Type.GENERALIZEDTIME, false, text);
}

/** A distinguished name in kubeadm's order: organization, then common name. */
export function distinguishedName(name: { readonly organization?: string; readonly commonName: string }): Der {
  const attribute = (type: string, value: string): Der =>
    asn1.create(universal, asn1.Type.SET, true, [sequence(oid(type), text(value))]);
  return sequence(
    ...(name.organization === undefined ? [] : [attribute('2.5.4.10', name.organization)]),
    attribute('2.5.4.3', name.commonName),
  );
}

/** GeneralName of a subject alternative name: an IP address or a DNS name. */
export function generalName(value: string): Der {
  return isIP(value) === 0 ? tagged(2, value) : tagged(7, addressBytes(value));
}

// @types/node-forge does not know forge.util.bytesFromIP.
function addressBytes(address: string): string {
  return (forge.util as unknown as { bytesFromIP(ip: string): string | null }).bytesFromIP(address) ?? '';
}

// PrintableString where it fits, as Go writes it: Go compares issuer and subject byte by byte.
function text(value: string): Der {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
    ? asn1.create(universal, asn1.Type.PRINTABLESTRING, false, value)
    : asn1.create(universal, asn1.Type.UTF8, false, Buffer.from(value, 'utf8').toString('latin1'));
}
