import { createHash } from 'node:crypto';

/** Lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Of several texts in their order: stands in a pod or a service's revision for the content of files it reads at its start. */
export function digestOf(...texts: readonly string[]): string {
  return sha256Hex(texts.join('\0'));
}

/** JSON with sorted keys: equal data gives equal text. Bytes stand as their digest; what JSON has no word for is left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(ordered(value));
}

function ordered(value: unknown): unknown {
  if (value instanceof Uint8Array) return { sha256: sha256Hex(value) };
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
