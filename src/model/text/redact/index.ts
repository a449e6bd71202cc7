import { withoutEncoded } from './encoded.js';
import { withoutPairs } from './pairs.js';
import { isSecretName } from './names.js';
import { withoutPrivateKeys } from './private-keys.js';
import { MASK, withoutShapes } from './shapes.js';

/**
 * Text without what looks like a secret: by its shape (private keys, tokens, users in URLs), by the name before it (password=,
 * "token":), and what is either of these once it is decoded. Rather too much is taken out than too little; names of pods,
 * images and Secrets stay. Redacting twice changes nothing more.
 */
export function redact(text: string): string {
  return withoutPairs(withoutEncoded(withoutShapes(withoutPrivateKeys(text)), redact));
}

/**
 * The same value with its texts redacted: an object stays an object. A text below a secret's name goes as a whole, and so does
 * the value of a pair such as `{ name: DB_PASSWORD, value: x }`.
 */
export function redactValues<T>(value: T): T {
  return redacted(value) as T;
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const named = members.some(
    ([key, name]) => ['name', 'key'].includes(key) && typeof name === 'string' && isSecretName(name),
  );
  return Object.fromEntries(
    members.map(([key, member]) => [
      redact(key),
      isSecretName(key) || (named && key === 'value') ? masked(member) : redacted(member),
    ]),
  );
}

/** Below a secret's name: texts, numbers and lists of them. What has names of its own is looked at by these. */
function masked(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? value : MASK;
  if (typeof value === 'number') return MASK;
  return Array.isArray(value) ? value.map(masked) : redacted(value);
}
