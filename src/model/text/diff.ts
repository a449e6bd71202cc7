/** More cells than this (lines x lines that differ) and the middle is shown as removed and added whole. */
const MAX_CELLS = 4_000_000;
/** A person reads no more than this; the rest is counted. */
const MAX_LINES = 400;
const CONTEXT = 3;

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * Unified diff of two texts with 3 lines of context; '' when they are equal.
 * Bounded: after 400 lines the rest is only counted.
 * The labels stand in the header lines.
 */
export function unifiedDiff(
  before: string,
  after: string,
  beforeLabel: string,
  afterLabel: string = beforeLabel,
): string {
  if (before === after) return '';
  const lines = hunks(edits(splitLines(before), splitLines(after)));
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(`... ${lines.length - shown.length} more lines`);
  return [`--- ${beforeLabel}`, `+++ ${afterLabel}`, ...shown].join('\n') + '\n';
}

/** Lines without their line feed; a last line that has none carries diff's usual remark. */
function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  if (last !== '') lines.push(`${last}\n\\ No newline at end of file`);
  return lines;
}

function edits(before: readonly string[], after: readonly string[]): Edit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [
    ...mark(' ', before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...mark(' ', before.slice(before.length - tail)),
  ];
}

/** Longest common subsequence by the textbook table, which MAX_CELLS keeps small. */
function middle(before: readonly string[], after: readonly string[]): Edit[] {
  const n = before.length;
  const m = after.length;
  if ((n + 1) * (m + 1) > MAX_CELLS) return [...mark('-', before), ...mark('+', after)];
  const width = m + 1;
  const common = new Uint32Array((n + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const result: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < n && j < m) {
    if (before[i] === after[j]) {
      result.push({ sign: ' ', text: before[i] ?? '' });
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      result.push({ sign: '-', text: before[i] ?? '' });
      i++;
    } else {
      result.push({ sign: '+', text: after[j] ?? '' });
      j++;
    }
  }
  return [...result, ...mark('-', before.slice(i)), ...mark('+', after.slice(j))];
}

function mark(sign: Edit['sign'], lines: readonly string[]): Edit[] {
  return lines.map((text) => ({ sign, text }));
}

function hunks(all: readonly Edit[]): string[] {
  const near = new Array<boolean>(all.length).fill(false);
  all.forEach((edit, index) => {
    if (edit.sign !== ' ') near.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const result: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  for (let index = 0; index < all.length; ) {
    if (near[index] !== true) {
      index++;
      oldLine++;
      newLine++;
      continue;
    }
    let end = index;
    while (near[end] === true) end++;
    const hunk = all.slice(index, end);
    const olds = hunk.filter((edit) => edit.sign !== '+').length;
    const news = hunk.filter((edit) => edit.sign !== '-').length;
    result.push(
      `@@ -${range(oldLine, olds)} +${range(newLine, news)} @@`,
      ...hunk.map((edit) => edit.sign + edit.text),
    );
    oldLine += olds;
    newLine += news;
    index = end;
  }
  return result;
}

/** As diff writes it: an empty side names the line before it, one line goes without its count. */
function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}
