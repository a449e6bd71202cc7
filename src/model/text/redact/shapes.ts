export const MASK = '[redacted]';

/** Where a word begins: also after an escaped line end, whose letter would else belong to the word. */
const START = String.raw`(?<![A-Za-z0-9_-]|(?<!\\)\\(?![nrt]))(?:(?<=\\[nrt])|(?<![A-Za-z0-9_-]))`;

/** Shapes that secrets have, whatever name they stand below. Each keeps what comes before the secret in its first group. */
const SHAPES: readonly RegExp[] = [
  // JSON web tokens (service accounts), and other JSON in base64.
  /()eyJ[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]*)*/g,
  // Bootstrap tokens: the id stays, it is public.
  new RegExp(String.raw`(${START}[a-z0-9]{6}\.)[a-z0-9]{16}(?![a-z0-9]|[.-][a-z0-9])`, 'g'),
  // Tokens of k3s and RKE2.
  /()\bK10[0-9a-f]{64}::\S+/g,
  // Users in URLs; a long name without a password is a token.
  /(:\/\/[^\s/:@"'\\]*:)[^\s/"']+(?=@)/g,
  /(:\/\/)[^\s/:@"'\\]{20,}(?=@)/g,
  // Headers. What names the scheme only, in a challenge or a sentence, stays.
  /(\bBearer\s+)(?!(?:tokens?|auth\w*|realm|scheme|credentials?|error|is|was|header)\b)[^\s"',\\\]]+/gi,
  /(\bBasic\s+)(?=[A-Za-z0-9+/]*[A-Z0-9+/])(?:[A-Za-z0-9+/]{4}){2,}(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![A-Za-z0-9+/])/g,
  // Users on a command line.
  /(--(?:user|proxy-user|creds)[= ]\\*["']?[^\s:"']+:)[^\s"']+/g,
  /(\bcurl\b[^\n]{0,300}?\s-u\s*\\*["']?[^\s:"']+:)[^\s"']+/g,
  /(\blogin\s+\S+\s+password\s+)\S+/g,
  /(<(?:password|passwd|secret|token)>)[^<]+/gi,
  // Hashes of passwords, as in shadow(5).
  /()\$(?:[1256y]|2[aby]|gy|argon2\w*)\$[^\s:"']{8,}/g,
  // Tokens that say whose they are.
  /()\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|dckr_pat_|npm_|hvs\.|sk_live_|ya29\.|AKIA|ASIA|AIza)[A-Za-z0-9_.-]{16,}/g,
];

/** Text without what has the shape of a secret. */
export function withoutShapes(text: string): string {
  return SHAPES.reduce((rest, shape) => rest.replace(shape, `$1${MASK}`), text);
}
