/** Columns of a line that a person reads without losing the place. */
export const EVIDENCE_WIDTH = 200;

/** A shorter part that is left out costs more to notice than to read. */
const LEAST_DUMP = 16;
/** Go's %v of a struct or map behind the name of its type: &Event{ObjectMeta:{...}}, v1.Pod{...}, map[string]int{...}, map[a:b]. */
const DUMP_HEAD = /&?(?:\[\])*\*?(?:map\[[\w.*]+\][\w.*]*|[A-Za-z_][\w.]*)\{|\bmap\[/g;
/** What Go's fmt says where it could not print: %!v(PANIC=...), %!s(<nil>). */
const MISPRINT = /%![a-z]\([^()]*(?:\([^()]*\)[^()]*)*\)/g;

/** What a program said, without what only its authors can read: the insides of structures and failed formats of Go. */
export function readable(text: string): string {
  const printed = text.replaceAll(MISPRINT, '');
  let result = '';
  let from = 0;
  for (const { index, 0: head } of printed.matchAll(DUMP_HEAD)) {
    if (index < from) continue;
    const end = endOfDump(printed, index + head.length);
    if (end - index < LEAST_DUMP) continue;
    result += `${printed.slice(from, index)}${head}...${head.endsWith('{') ? '}' : ']'}`;
    from = end;
  }
  return result + printed.slice(from);
}

/** A line cut in its middle: what it is about stands at its beginning, why stands at its end. */
export function cutMiddle(line: string, width = EVIDENCE_WIDTH): string {
  const signs = Array.from(line);
  if (signs.length <= width) return line;
  const mark = ' [...] ';
  const tail = Math.floor((width - mark.length) * 0.4);
  const head = width - mark.length - tail;
  return `${signs.slice(0, head).join('')}${mark}${signs.slice(-tail).join('')}`;
}

/** At most so many lines: the first ones, which say what it is, and the last one, with a word on those between. */
export function fewLines(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const shown = [lines.slice(0, Math.max(1, most - 2)), lines.slice(lines.length - (most > 2 ? 1 : 0))] as const;
  const left = lines.length - shown[0].length - shown[1].length;
  return [...shown[0], `[... ${String(left)} more lines ...]`, ...shown[1]];
}

/** Behind the bracket that closes what was opened before `from`; the end of the text where it was cut. */
function endOfDump(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if ('{[('.includes(sign)) depth += 1;
    if ('}])'.includes(sign)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
