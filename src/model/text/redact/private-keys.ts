import { MASK } from './shapes.js';

const BEGIN = /-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
const END = /-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
/** More than any key takes, also with the head of a log in front of each line. */
const LONGEST = 16_000;
/** The body of a key, where its end was cut off: to the end of the line, and lines that are, or end in, a row of base64. */
const REST =
  /^[^\n]*(?:\n(?:[^\n]*[A-Za-z0-9+/=]{40,}|(?:\S+ (?:stdout|stderr) [FP] |\d+\.\d+ \S+ [^\s:]+: )?[ \t]*[A-Za-z0-9+/=]+)[ \t\r]*(?=\n|$))*/;
/** A row of a key at the end of a line: nothing but base64, or much of it behind the head of a log. */
const ROW = /(?:^[ \t]*[A-Za-z0-9+/=]+|[A-Za-z0-9+/=]{40,})[ \t\r]*$/;
/** The last row is shorter. */
const LAST_ROW = /(?:^|(?<=[\s"'\\]))[A-Za-z0-9+/]{2,}={0,2}[ \t\r]*$/;
/** What a key in one line consists of, its line ends escaped. */
const IN_LINE = /[A-Za-z0-9+/=\\]/;

/** Text without private keys: of several lines, in one line with escaped ends, and what is left of one that was cut. */
export function withoutPrivateKeys(text: string): string {
  let done = '';
  let rest = text;
  for (;;) {
    BEGIN.lastIndex = END.lastIndex = 0;
    const begin = BEGIN.exec(rest);
    const end = END.exec(rest);
    if (begin === null && end === null) return done + rest;
    if (begin === null || (end !== null && end.index < begin.index)) {
      const at = (end?.index ?? 0) + (end?.[0].length ?? 0);
      done += withoutBody(rest.slice(0, end?.index ?? 0)) + MASK;
      rest = rest.slice(at);
      continue;
    }
    done += rest.slice(0, begin.index) + MASK;
    const next = BEGIN.exec(rest)?.index ?? Infinity;
    const closed = end !== null && end.index - begin.index < LONGEST && end.index < next;
    rest = closed ? rest.slice(end.index + end[0].length) : rest.slice(begin.index).replace(REST, '');
  }
}

/** Text without the body of a key at its end, whose beginning was cut off. */
function withoutBody(text: string): string {
  let end = text.length;
  while (end > 0 && IN_LINE.test(text[end - 1] ?? '')) end -= 1;
  if (end < text.length - 8) return text.slice(0, end) + MASK;
  // Lines, with what ends each: it may be escaped. The last is what stands before the end itself, the head of a log.
  const parts = text.slice(0, end).split(/(\\+n|\n)/);
  const last = parts.length - 3;
  let first = parts.length - 1;
  if (!ROW.test(parts[last] ?? '') && !ROW.test(parts[last - 2] ?? '')) return text;
  while (first >= 2 && (first - 2 === last ? LAST_ROW : ROW).test(parts[first - 2] ?? '')) first -= 2;
  return parts
    .map((part, at) => (at < first || at > last ? part : part.replace(at === last ? LAST_ROW : ROW, MASK)))
    .join('');
}
