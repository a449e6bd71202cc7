import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { defined } from '../model/defined.js';
import { redact } from '../model/text/redact/index.js';
import type { Finding, InventoryProblem, Path } from './problem.js';
import { formatPath } from './problem.js';

/** Control characters that stand in no YAML; or the first byte is of no UTF-8, as the mark of UTF-16 is. */
const NO_TEXT = /^\uFFFD|[\0-\x08\x0E-\x1A\x1C-\x1F]/;
const NOT_UTF8 =
  'an inventory is a text in UTF-8: save it as that, or name another file (this one may be UTF-16, or compressed)';

/** A YAML text with the place of everything in it. */
export interface InventoryDocument {
  /** Plain data; undefined when the text is not YAML or empty. */
  readonly data: unknown;
  /** What makes the text unreadable. With any of them there is no data. */
  readonly problems: readonly InventoryProblem[];
  /** Puts line, column and what stands there to a finding. */
  readonly locate: (finding: Finding) => InventoryProblem;
}

/** Parses without touching the file; comments and anchors are fine, merge keys (<<) too. */
export function parseInventory(text: string): InventoryDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const placeAt = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const locate = (finding: Finding): InventoryProblem => {
    const spot = findSpot(document, finding.path, finding.atKey === true);
    return {
      ...placeAt(spot.offset),
      path: formatPath(finding.path),
      found: finding.found ?? spot.found,
      message: finding.message,
      ...defined({ allowed: finding.allowed, suggestion: finding.suggestion }),
    };
  };

  const problems = NO_TEXT.test(text)
    ? [{ line: 1, column: 1, path: '', found: 'bytes that are no text in UTF-8', message: NOT_UTF8 }]
    : document.errors.map(
        (error): InventoryProblem => ({
          ...placeAt(error.pos[0]),
          path: '',
          found: foundAt(text, error.pos[0], error.code),
          message: yamlMessage(error.code, error.message),
        }),
      );
  if (problems.length > 0) return { data: undefined, problems, locate };
  try {
    return { data: document.toJS() as unknown, problems, locate };
  } catch (thrown) {
    // The library refuses unresolved and exponentially nested aliases only here.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return {
      data: undefined,
      problems: [{ line: 1, column: 1, path: '', found: 'aliases that cannot be resolved', message }],
      locate,
    };
  }
}

interface Spot {
  readonly offset: number;
  readonly found: string;
}

/** The deepest place that exists on the way to path: for a missing key, the map it is missing from. */
function findSpot(document: Document, path: Path, atKey: boolean): Spot {
  let node: unknown = document.contents;
  let spot: Spot = { offset: offsetOf(node) ?? 0, found: describe(node) };
  for (const [depth, part] of path.entries()) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(part),
      );
      if (pair === undefined) return { offset: spot.offset, found: 'nothing' };
      node = pair.value;
      const keyOffset = offsetOf(pair.key) ?? spot.offset;
      const last = depth === path.length - 1;
      const empty = node === null || (isScalar(node) && node.value === null);
      spot = { offset: empty || (atKey && last) ? keyOffset : (offsetOf(node) ?? keyOffset), found: describe(node) };
    } else if (isSeq(parent)) {
      node = parent.items[Number(part)];
      if (node === undefined) return { offset: spot.offset, found: 'nothing' };
      spot = { offset: offsetOf(node) ?? spot.offset, found: describe(node) };
    } else return { offset: spot.offset, found: 'nothing' };
  }
  return spot;
}

function offsetOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  return typeof start === 'number' ? start : undefined;
}

function describe(node: unknown): string {
  if (node === null || node === undefined) return 'nothing';
  if (isMap(node)) return 'a section (key: value)';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return `the alias *${node.source}`;
  if (!isScalar(node)) return 'something that is not YAML';
  const { value } = node;
  if (value === null) return 'nothing';
  // A pasted key must not end up in an error text.
  if (typeof value === 'string' && /\n|PRIVATE KEY/.test(value)) return 'a text of several lines';
  if (typeof value === 'string') {
    const told = redact(value);
    return JSON.stringify(told.length > 80 ? `${told.slice(0, 77)}...` : told);
  }
  return `the ${typeof value === 'boolean' ? 'truth value' : 'number'} ${node.source ?? String(value)}`;
}

function foundAt(text: string, offset: number, code: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second YAML document (---)';
  const rest = redact(text.slice(offset).split(/\r?\n/, 1)[0] ?? '');
  const word = code === 'DUPLICATE_KEY' ? rest.replace(/:.*$/, '') : rest.trim();
  return word === '' ? 'the end of the line' : JSON.stringify(word.length > 60 ? `${word.slice(0, 57)}...` : word);
}

function yamlMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice in the same section; keep one';
  if (code === 'TAB_AS_INDENT') return 'YAML is indented with spaces, not tabs';
  if (code === 'MULTIPLE_DOCS') return 'an inventory is one document';
  return `not valid YAML: ${message}`;
}
