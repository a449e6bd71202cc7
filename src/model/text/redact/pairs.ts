import { isSecretName } from './names.js';
import { MASK } from './shapes.js';
import { endOfValue, QUOTE } from './value.js';

const QUOTE_BEFORE = new RegExp(`(?:${QUOTE.source})$`, 'u');
const QUOTE_BEHIND = new RegExp(`^(?:${QUOTE.source})`, 'u');
const COLOUR = String.raw`(?:(?:\u001b|\\+(?:u001b|x1b|033))\[[0-9;]*m)*`;
/** A name, the quote that ends it, and what says that its value follows. */
const NAMED = new RegExp(
  String.raw`(?<![A-Za-z0-9_.$-])(?<name>[A-Za-z0-9_.$-]+)(?<quote>${QUOTE.source})?${COLOUR}(?<gap>[ \t]*)(?<sign>[:=]{1,2}>?|%3[AaDd])${COLOUR}(?<space>[ \t]*)`,
  'gu',
);
/** A flag, and its value as the next word or the next member of a list. */
const FLAG = new RegExp(
  String.raw`(?<![A-Za-z0-9_.$/-])(?<name>--?[A-Za-z][A-Za-z0-9_.-]*)(?<sign>(?:${QUOTE.source})?,?\s*(?=${QUOTE.source})|[ \t]+(?=[^\s-]))`,
  'gu',
);
/** A sentence about a password, which quotes it. */
const SAID = new RegExp(String.raw`\b(?:password|passwd|passphrase) +(?=${QUOTE.source})`, 'giu');

/** What a sentence goes on with after 'token: ', and values that are none. */
const PROSE =
  /^(?:context|invalid|unauthori[sz]ed|expired|expires|not|the|no|is|was|has|or|and|to|for|in|if|with|from|must|may|can|flag|option|cannot|could|couldn't|failed|failure|error|errors|rpc|get|post|dial|x509|secrets?|signature|timed|timeout|missing|required|unknown|unable|empty|forbidden|permission|connection|object|references|does|did|unexpected|bad|malformed|file|open)\b(?=[ :,.]|$)/i;
const NOTHING = /^(?:null|nil|none|true|false|<none>|<nil>|<unset>|<no value>|""|'')(?![^\s"'\\,;:}\])])/;
/** A tag of an image; numbers of a version. */
const TAG = /^(?:v?\d+(?:\.\d+)+(?:[-+.]\w+)*|latest)(?![\w])/;

/** Text in which values below a secret's name are masked. */
export function withoutPairs(text: string): string {
  return masked(masked(masked(text, NAMED, isValue), FLAG, isFlagValue), SAID, () => true);
}

type Found = RegExpExecArray;

function masked(text: string, pattern: RegExp, holds: (found: Found, text: string) => boolean): string {
  let done = '';
  let from = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const at = found.index + found[0].length;
    if (!holds(found, text)) {
      // What was taken for a value may be the next name.
      pattern.lastIndex = Math.max(found.index + 1, found.index + (found.groups?.['name'] ?? found[0]).length);
      continue;
    }
    const { start, end } = endOfValue(text, at, { before: opening(text, found) });
    if (end <= start) continue;
    const value = text.slice(start, end);
    if (value !== MASK && !/^[a-z0-9]{6}\.\[redacted\]$/.test(value)) {
      done += text.slice(from, start) + MASK;
      from = end;
    }
    pattern.lastIndex = end;
  }
  return done + text.slice(from);
}

/** The quote right before a name that has none behind it: it holds name and value. */
function opening(text: string, { index, groups }: Found): string | undefined {
  if (groups?.['quote'] !== undefined) return undefined;
  return QUOTE_BEFORE.exec(text.slice(Math.max(0, index - 12), index))?.[0];
}

function isValue(found: Found, text: string): boolean {
  const { name = '', quote, gap = '', sign = '', space = '' } = found.groups ?? {};
  const before = text.slice(Math.max(0, found.index - 40), found.index);
  const bare = nameAt(before, name);
  if (!isSecretName(bare)) return false;
  const rest = text.slice(found.index + found[0].length, found.index + found[0].length + 80);
  // An escaped line end: there is no value in this line.
  if (NOTHING.test(rest) || /^\\+[rn]/.test(rest)) return false;
  const isQuoted = QUOTE_BEHIND.test(rest);
  if (isQuoted || !sign.startsWith(':')) return !/^authorization$/i.test(bare) || sign !== '==';
  if (/^[{]/.test(rest)) return false;
  if (PROSE.test(rest) && (space !== '' || gap !== '')) return false;
  if (bare === 'auth' || bare === '_auth') return /^[A-Za-z0-9+/=_-]{8,}/.test(rest);
  if (quote !== undefined) return isMember(before) && gap === '';
  if (bare.toLowerCase() === 'pass') return false;
  if (before.endsWith('/')) return false;
  if (space !== '') return true;
  // 'refresh-token:1.0' is an image; 'map[refresh-token:x]', 'X-Auth-Token:x' and 'Token:x' are what they look like.
  if (TAG.test(rest)) return false;
  return !/^[a-z0-9.]+(?:-[a-z0-9.]+)+$/.test(bare) || bare.startsWith('x-') || /[[{(,&?]$/.test(before);
}

/** Without the letter of an escaped line end, and the end of a colour. */
function nameAt(before: string, name: string): string {
  if (before.endsWith('\\')) return name.replace(/^[nrt]/, '');
  return /(?:\u001b|\\(?:u001b|x1b|033))\[[0-9;]*$/.test(before) ? name.replace(/^[0-9]*m/, '') : name;
}

/** Whether the quoted name that follows is the name of a member (JSON, YAML), and not quoted in a sentence. */
function isMember(before: string): boolean {
  const outside = before.replace(QUOTE_BEFORE, '');
  return /(?:^|[\n{,[(?-]|\\n|["'`])[ \t]*$/.test(outside);
}

function isFlagValue({ groups, index }: Found, text: string): boolean {
  const { name = '', sign = '' } = groups ?? {};
  if (!isSecretName(name.replace(/^-+/, '')) || sign === '') return false;
  const rest = text.slice(index + name.length + sign.length, index + name.length + sign.length + 40);
  return !PROSE.test(rest) && !NOTHING.test(rest);
}
