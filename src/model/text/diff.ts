import { structuredPatch } from 'diff/lib/patch/create.js';
import type { StructuredPatchHunk } from 'diff';

/** More lines than this that go or come, and the texts are shown as removed and added whole. */
const MAX_EDITS = 2000;
/** A person reads no more than this; the rest is counted. */
const MAX_LINES = 400;
const CONTEXT = 3;

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
  const lines = hunks(before, after).flatMap(hunkLines);
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(`... ${lines.length - shown.length} more lines`);
  return [`--- ${beforeLabel}`, `+++ ${afterLabel}`, ...shown].join('\n') + '\n';
}

function hunks(before: string, after: string): StructuredPatchHunk[] {
  const bound = { context: CONTEXT, maxEditLength: MAX_EDITS };
  const found = structuredPatch('', '', before, after, undefined, undefined, bound);
  if (found !== undefined) return found.hunks;
  // Two patches that need no search: to nothing, and from nothing.
  const [removed] = structuredPatch('', '', before, '').hunks;
  const [added] = structuredPatch('', '', '', after).hunks;
  return [
    {
      oldStart: 1,
      newStart: 1,
      oldLines: removed?.oldLines ?? 0,
      newLines: added?.newLines ?? 0,
      lines: [...(removed?.lines ?? []), ...(added?.lines ?? [])],
    },
  ];
}

/** diff's remark about a last line without line feed belongs to the line before it. */
function hunkLines({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk): string[] {
  const result = [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`];
  for (const line of lines) {
    if (line.startsWith('\\')) result.push(`${result.pop() ?? ''}\n${line}`);
    else result.push(line);
  }
  return result;
}

/** As diff writes it: an empty side names the line before it, one line goes without its count. */
function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}
