import {
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { quoted, toYaml, yamlScalar } from '../../../model/text/yaml.js';

/** A kubeconfig's text with its parts and their places. Every change gives a new text; what it does not concern stays byte for byte. */
export interface KubeconfigText {
  readonly text: string;
  readonly document: Document;
  /** undefined where there is nothing but white space and comments. */
  readonly top: YAMLMap | undefined;
}

/** undefined where it is no single YAML document with a map in it. The schema decides what its words are taken for. */
export function openText(text: string, schema: 'failsafe' | 'yaml-1.1'): KubeconfigText | undefined {
  const read = (from: string) =>
    parseAllDocuments(from, { schema, prettyErrors: false, logLevel: 'silent' }) as Document[];
  const found = read(text);
  // Of white space and comments there is no document at all.
  const [document] = found.length === 0 ? read('null') : found;
  if (document === undefined || found.length > 1 || document.errors.length > 0) return undefined;
  const { contents } = document;
  if (isMap(contents)) return { text, document, top: contents as YAMLMap };
  return contents === null || (isScalar(contents) && isNothing(contents))
    ? { text, document, top: undefined }
    : undefined;
}

export function entryOf({ top }: KubeconfigText, key: string): Pair | undefined {
  return top?.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The items of a list; none where it is empty or absent. */
export function itemsOf(from: KubeconfigText, list: string): readonly Node[] {
  const value = entryOf(from, list)?.value;
  return isSeq(value) ? (value as YAMLSeq<Node>).items : [];
}

/** With another item in place of that one. */
export function replaceItem(from: KubeconfigText, list: string, item: Node, value: unknown): string {
  const { text } = from;
  const start = startOf(item);
  const end = endOf(item) - (/[ \t]*$/.exec(text.slice(0, endOf(item)))?.[0].length ?? 0);
  const seq = entryOf(from, list)?.value as YAMLSeq;
  if (seq.flow === true) return splice(text, start, end, json(value));
  const written = block(value, columnOf(text, start), text);
  return splice(text, start, end, text[end - 1] === '\n' ? `${written}${breakOf(text)}` : written);
}

/** With one more item at the end of the list, which is made where there is none. */
export function addItem(from: KubeconfigText, list: string, value: unknown): string {
  const pair = entryOf(from, list);
  const seq = pair?.value;
  const last = itemsOf(from, list).at(-1);
  if (pair === undefined) return addEntry(from, list, [value]);
  if (last === undefined) return setValue(from, pair, [value]);
  const { text } = from;
  if ((seq as YAMLSeq).flow === true) return splice(text, endOf(last), endOf(last), `, ${json(value)}`);
  const column = columnOf(text, startOf(seq as YAMLSeq));
  return addLines(text, endOf(last), `${' '.repeat(column)}- ${block(value, column + 2, text)}`);
}

/** With this scalar for that key. */
export function setScalar(from: KubeconfigText, key: string, value: string): string {
  const pair = entryOf(from, key);
  return pair === undefined ? addEntry(from, key, value) : setValue(from, pair, value);
}

/** Nothing is there: absent, null, or an empty string. */
export function isNothing(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    (isScalar(value) &&
      (value.value === null ||
        value.value === '' ||
        (value.type === 'PLAIN' && /^(?:~|null)$/i.test(String(value.value)))))
  );
}

function addEntry({ text, top }: KubeconfigText, key: string, value: unknown): string {
  if (top === undefined)
    return `${text}${text === '' || text.endsWith('\n') ? '' : breakOf(text)}${block({ [key]: value }, 0, text)}${breakOf(text)}`;
  const last = top.items.at(-1);
  const end = last === undefined ? startOf(top) + 1 : endOfPair(text, last);
  if (top.flow === true) return splice(text, end, end, `${last === undefined ? '' : ', '}${json(key)}: ${json(value)}`);
  const column = columnOf(text, startOf(top));
  return addLines(text, end, `${' '.repeat(column)}${block({ [key]: value }, column, text)}`);
}

/** A scalar, or a list where there is none yet. */
function setValue({ text, top }: KubeconfigText, pair: Pair, value: unknown): string {
  const key = pair.key as Node;
  const colon = colonOf(text, pair);
  const end = endOfPair(text, pair);
  if (top?.flow === true) return splice(text, colon, end, ` ${json(value)}`);
  if (typeof value === 'string') return splice(text, colon, end, ` ${yamlScalar(value)}`);
  const column = columnOf(text, startOf(key));
  return splice(text, colon, end, `${breakOf(text)}${' '.repeat(column)}${block(value, column, text)}`);
}

function colonOf(text: string, { key }: Pair): number {
  return text.indexOf(':', endOf(key as Node)) + 1;
}

/** A value that is not there has its place behind white space, where a comment may begin. */
function endOfPair(text: string, pair: Pair): number {
  const [start = 0, end = 0] = rangeOf(pair.value) ?? [];
  return end > start ? endOf(pair.value as Node) : colonOf(text, pair);
}

/** Lines behind the line that ends at, or goes on behind, `end`. */
function addLines(text: string, end: number, lines: string): string {
  const newline = breakOf(text);
  if (text[end - 1] === '\n') return splice(text, end, end, `${lines}${newline}`);
  const found = text.indexOf('\n', end);
  const at = found === -1 ? text.length : text[found - 1] === '\r' ? found - 1 : found;
  return splice(text, at, at, `${newline}${lines}`);
}

/** A value in block style; its first line is to stand in this column. */
function block(value: unknown, column: number, text: string): string {
  return toYaml(value, { indentSeq: false })
    .trimEnd()
    .replace(/\n(?=[^\n])/g, `\n${' '.repeat(column)}`)
    .replaceAll('\n', breakOf(text));
}

/** A value on one line, in JSON, so that a file in JSON stays one. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"/g, (word) => quoted(JSON.parse(word) as string));
}

function breakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function splice(text: string, start: number, end: number, between: string): string {
  return `${text.slice(0, start)}${between}${text.slice(end)}`;
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

function rangeOf(node: unknown): readonly number[] | undefined {
  return (node as { readonly range?: readonly number[] | null } | null | undefined)?.range ?? undefined;
}

function startOf(node: Node): number {
  return rangeOf(node)?.[0] ?? 0;
}

/** Where a node's own text ends: comments behind it are no part of it. */
function endOf(node: Node): number {
  const collection = node as Partial<YAMLMap & YAMLSeq>;
  const last: unknown = collection.flow === true ? undefined : collection.items?.at(-1);
  if (last === undefined) return rangeOf(node)?.[1] ?? 0;
  const { key, value } = (isSeq(node) ? { key: null, value: last } : last) as Pair;
  return Math.max(...[key, value].flatMap((part) => (rangeOf(part) === undefined ? [] : [endOf(part as Node)])));
}
