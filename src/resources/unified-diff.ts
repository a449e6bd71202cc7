const CONTEXT = 3;
/** Lines times lines; above it the middle is shown as wholly replaced instead of compared line by line. */
const MAX_CELLS = 4_000_000;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** A unified diff of two texts (as `diff -u` writes it), or '' where they are equal. */
export function unifiedDiff(before: string, after: string, beforeName: string, afterName: string): string {
  if (before === after) return '';
  const lines = compare(split(before), split(after));
  return [`--- ${beforeName}`, `+++ ${afterName}`, ...hunks(lines)].join('\n') + '\n';
}

/** A last line without a line end says so, as diff does. */
function split(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}\n\\ No newline at end of file`];
}

function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return [
    ...before.slice(0, start).map((text): Line => ({ mark: ' ', text })),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map((text): Line => ({ mark: ' ', text })),
  ];
}

/** Longest common subsequence by dynamic programming: both texts are configuration files, so small. */
function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const width = after.length + 1;
  if (before.length * after.length > MAX_CELLS) {
    return [...before.map((text): Line => ({ mark: '-', text })), ...after.map((text): Line => ({ mark: '+', text }))];
  }
  const length = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => length[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i] ?? '' });
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: before[i] ?? '' });
      i += 1;
    } else {
      lines.push({ mark: '+', text: after[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}

function hunks(lines: readonly Line[]): readonly string[] {
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  let index = 0;
  while (index < lines.length) {
    if (lines[index]?.mark === ' ') {
      const next = lines.findIndex((line, k) => k >= index && line.mark !== ' ');
      if (next < 0) break;
      const skip = Math.max(0, next - CONTEXT - index);
      oldLine += skip;
      newLine += skip;
      index += skip;
    }
    const end = hunkEnd(lines, index);
    const part = lines.slice(index, end);
    const removed = part.filter((line) => line.mark !== '+').length;
    const added = part.filter((line) => line.mark !== '-').length;
    out.push(`@@ -${range(oldLine, removed)} +${range(newLine, added)} @@`, ...part.map((line) => line.mark + line.text));
    oldLine += removed;
    newLine += added;
    index = end;
  }
  return out;
}

/** A hunk goes on until more than two contexts' worth of equal lines follow. */
function hunkEnd(lines: readonly Line[], start: number): number {
  let last = start;
  for (let k = start; k < lines.length && k - last <= 2 * CONTEXT; k += 1) {
    if (lines[k]?.mark !== ' ') last = k;
  }
  return Math.min(lines.length, last + CONTEXT + 1);
}

function range(line: number, count: number): string {
  if (count === 0) return `${String(line - 1)},0`;
  return count === 1 ? String(line) : `${String(line)},${String(count)}`;
}
