const MASK = '[redacted]';

/** Shapes that secrets have, wherever they stand. Each keeps what comes before the secret in its first group. */
const SHAPES: readonly RegExp[] = [
  // Private keys, also one that was cut off.
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // JSON web tokens (service accounts).
  /()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  // Bootstrap tokens: the id stays, it is public.
  /(\b[a-z0-9]{6}\.)[a-z0-9]{16}\b/g,
  // Users in URLs.
  /(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g,
  /(\bBearer\s+)[^\s"',]+/gi,
  /(\b(?:client-key-data|auth|identitytoken)["']?\s*[:=]\s*["']?)[A-Za-z0-9+/=_-]{8,}/gi,
  /((?:password|passwd|passphrase|secret[-_]?key|access[-_]?key|api[-_]?key|token|certificate-key|encryption[-_]?key)["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
];

/** Text without what looks like a secret. Rather too much is taken out than too little. */
export function redact(text: string): string {
  return SHAPES.reduce((rest, shape) => rest.replace(shape, `$1${MASK}`), text);
}
