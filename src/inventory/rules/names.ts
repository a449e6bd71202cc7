import { isIP } from 'node:net';

/** RFC 1123 subdomain, as Kubernetes checks it (apimachinery validation.IsDNS1123Subdomain). */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

/** An IP address, or a DNS name that cannot be mistaken for a mistyped one. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 || (isDnsName(text.toLowerCase()) && !/^[\d.]+$/.test(text));
}

/** Indexes of the entries whose key stood already, with the index it stood at first. */
export function duplicates(
  keys: readonly (string | undefined)[],
): { readonly index: number; readonly first: number }[] {
  const seen = new Map<string, number>();
  return keys.flatMap((key, index) => {
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ index, first }];
    seen.set(key, index);
    return [];
  });
}
