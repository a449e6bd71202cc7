import { MASK } from './shapes.js';

/** A quote, as deep as text was put into text: ", \", \\\", and \u0022; a shell's '\''. */
export const QUOTE = /'\\+''|\\*["'`]|\\+u002[27]/u;

const AT_QUOTE = new RegExp(QUOTE.source, 'uy');
/** Where a new name begins after an escaped line end. */
const NEXT_LINE = /\\+[rn](?:\\+n)?\s*(?:-+ *)?\\*["']?[\w.-]+\\*["']?\s*[:=]/y;
const LONGEST = 20_000;
/** What the journal and the CRI put before a line. */
const HEAD = /^(?:\S+ (?:stdout|stderr) [FP] |\d+\.\d+ \S+ [^\s:]+: )*/;

/**
 * Where a value begins and ends that is to be masked: the inside of quotes; or a word; or the rest of its line where the line
 * holds nothing else (YAML), with the lines of a block below it.
 * @param before the quote before the name, which then ends the value
 */
export function endOfValue(
  text: string,
  at: number,
  { before }: { readonly before: string | undefined },
): { readonly start: number; readonly end: number } {
  let start = at;
  const behind = /\s*/y;
  const open = quoteAt(text, at) ?? nextLine(text, at, behind);
  if (open !== undefined) {
    start = open.at + open.quote.length;
    const close = closing(text, start, open.quote);
    return { start, end: close === undefined ? endOfLine(text, start) : joined(text, close, open.quote) };
  }
  if (text.startsWith(MASK, at) || text.startsWith(`[${MASK}]`, at)) return { start: at, end: endOfMasked(text, at) };
  if (text[at] === '[') {
    const close = text.indexOf(']', at);
    if (close > 0 && close - at < LONGEST && !text.slice(at, close).includes('\n'))
      return { start: at + 1, end: close };
  }
  if (/[|>][+-]?\s*(?:\\+n|\n)/y.test(text.slice(at, at + 6))) return { start, end: endOfBlock(text, at) };
  if (before !== undefined) {
    const close = closing(text, at, before);
    if (close !== undefined && !text.slice(at, close).includes('\n')) return { start, end: close };
  }
  return { start, end: isWholeLine(text, at) ? endOfLine(text, at) : endOfWord(text, at) };
}

function quoteAt(text: string, at: number): { readonly at: number; readonly quote: string } | undefined {
  AT_QUOTE.lastIndex = at;
  const quote = AT_QUOTE.exec(text)?.[0];
  return quote === undefined ? undefined : { at, quote };
}

/** JSON may go on in the next line. */
function nextLine(text: string, at: number, spaces: RegExp): ReturnType<typeof quoteAt> {
  spaces.lastIndex = at;
  const skipped = spaces.exec(text)?.[0] ?? '';
  const name = /["'`]\s*:\s*$/.test(text.slice(Math.max(0, at - 12), at));
  return skipped.includes('\n') && name ? quoteAt(text, at + skipped.length) : undefined;
}

/** Where the same quote, as deep as the first, ends. */
function closing(text: string, from: number, quote: string): number | undefined {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (at - from > LONGEST) return undefined;
    if (text[at - 1] !== '\\') return at;
    // An even number of backslashes before a plain quote is themselves escaped.
    const escapes = /\\*$/.exec(text.slice(from, at))?.[0].length ?? 0;
    if (quote.length === 1 && escapes % 2 === 0) return at;
  }
  return undefined;
}

/** A shell's word goes on behind a quote: 'it'\''s'. */
function joined(text: string, close: number, quote: string): number {
  const next = close + quote.length;
  if (!/^(?:\\'|')/.test(text.slice(next, next + 2)) || quote !== "'") return close;
  const again = closing(text, next + (text[next] === '\\' ? 3 : 1), quote);
  return again === undefined ? close : joined(text, again, quote);
}

function endOfLine(text: string, at: number): number {
  for (let end = at; ; end += 1) {
    if (end >= text.length || text[end] === '\n') return end;
    NEXT_LINE.lastIndex = end;
    if (text[end] === '\\' && NEXT_LINE.test(text)) return end;
  }
}

/** Whether nothing but the name stands before the value in its line, as in YAML; a log's head or a quote may. */
function isWholeLine(text: string, at: number): boolean {
  const line =
    text
      .slice(Math.max(0, at - 200), at)
      .split(/\n|\\+n/)
      .at(-1) ?? '';
  return /^(?:.*:(?= {2}))?\s*(?:- +)?\\*["']?[\w.-]+\\*["']?[ \t]*:[ \t]+$/.test(line.replace(HEAD, ''));
}

/** A word: to the next space, or to a quote that ends what the word stands in, or to the next member of a query. */
function endOfWord(text: string, at: number): number {
  for (let end = at; ; end += 1) {
    const sign = text[end];
    if (sign === undefined || /\s/.test(sign)) return end;
    if (sign === '&' && /^&[\w.-]+=/.test(text.slice(end, end + 60))) return end;
    NEXT_LINE.lastIndex = end;
    if (sign === '\\' && NEXT_LINE.test(text)) return end;
    const quote = quoteAt(text, end)?.quote;
    if (quote === undefined) continue;
    const next = text[end + quote.length];
    if (next === undefined || /[\s,;:.}\])>\\"'`]/.test(next)) return end;
  }
}

/** Nothing is left to mask, but what may still hang on it. */
function endOfMasked(text: string, at: number): number {
  const end = at + (text.startsWith(MASK, at) ? MASK.length : MASK.length + 2);
  return endOfWord(text, end) > end && text.startsWith(MASK, at) && /[A-Za-z0-9]/.test(text[end] ?? '')
    ? endOfWord(text, end)
    : at;
}

/** The lines below that are further in than the name's own. */
function endOfBlock(text: string, at: number): number {
  const line =
    text
      .slice(Math.max(0, at - 200), at)
      .split(/\n|\\+n/)
      .at(-1) ?? '';
  const depth = /^ */.exec(line.replace(HEAD, ''))?.[0].length ?? 0;
  const block = blockBelow(depth);
  block.lastIndex = at;
  return block.exec(text) === null ? endOfLine(text, at) : block.lastIndex;
}

const blocks = new Map<number, RegExp>();

/** A block of YAML below a name so far in. */
function blockBelow(depth: number): RegExp {
  const row = `${HEAD.source.slice(1)} {${String(depth + 1)},}(?:(?!\\\\+n)[^\\n])*`;
  const block =
    blocks.get(depth) ?? new RegExp(String.raw`[|>][+-]?[ \t]*(?:(?:\\+n|\n)(?:${row}|[ \t]*(?=\\+n|\n|$)))*`, 'y');
  blocks.set(depth, block);
  return block;
}
