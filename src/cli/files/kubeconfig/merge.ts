import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, type Node } from 'yaml';
import { KinitError } from '../../../model/error.js';
import type { OwnEntries } from './own.js';
import { addItem, entryOf, isNothing, itemsOf, openText, replaceItem, setScalar, type KubeconfigText } from './text.js';

/** A kubeconfig file of the user's; no text where there is none yet. */
export interface KubeconfigFile {
  readonly file: string;
  readonly text: string | undefined;
}

export interface Merge {
  /** Files that are to be written, with what is to stand in them. */
  readonly changed: readonly { readonly file: string; readonly before: string | undefined; readonly text: string }[];
  /** Where the context of ours that is to be used stands. */
  readonly home: string;
  /** The context that kubectl then uses. */
  readonly current: string;
}

const LISTS = ['clusters', 'users', 'contexts'] as const;
type List = (typeof LISTS)[number];

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Our entries put into the user's files, as kubectl would: an entry of the same name is replaced where it stands (the first
 * file that has it counts), a new one goes to the first file that exists. All else stays byte for byte. Ours becomes the current context
 * where there is none, or with `makeCurrent`; one of ours through which nobody answers gives way to one of ours that does.
 * @param files those that KUBECONFIG names, in its order; at least one
 * @throws KinitError usage, where a file is no kubeconfig, or one that could not be changed without touching more: none is then.
 */
export function mergeIntoFiles(files: readonly KubeconfigFile[], ours: OwnEntries, makeCurrent: boolean): Merge {
  const opened = files.map(({ file, text }) => {
    const mark = text?.startsWith(BYTE_ORDER_MARK) === true ? BYTE_ORDER_MARK : '';
    return { file, text, mark, now: open({ file, text: text?.slice(mark.length) }) };
  });
  const home = opened.find(({ text }) => text !== undefined) ?? opened.at(-1);
  if (home === undefined) throw new KinitError('there is no file to merge into', { class: 'internal' });
  const change = (place: typeof home, edit: (now: KubeconfigText) => string): void => {
    if (place.now.top === undefined) place.now = reopen(setScalar(place.now, 'apiVersion', 'v1'), place.file);
    if (entryOf(place.now, 'kind') === undefined)
      place.now = reopen(setScalar(place.now, 'kind', 'Config'), place.file);
    place.now = reopen(edit(place.now), place.file);
  };
  for (const { list, entry } of entriesOf(ours)) {
    const place = opened.find(({ now }) => ownItem(now, list, entry) !== undefined) ?? home;
    if (!isThere(place.now, list, entry)) change(place, (now) => withEntry(now, list, entry));
  }
  const currentIn = opened.find(({ now }) => !isNothing(entryOf(now, 'current-context')?.value));
  const found = currentIn === undefined ? undefined : currentOf(currentIn.now);
  const current = found === undefined || makeCurrent || ours.silent.includes(found) ? ours.current : found;
  if (current !== found) change(currentIn ?? home, (now) => setScalar(now, 'current-context', current));
  const changed = opened.flatMap(({ file, text, mark, now }) =>
    mark + now.text === (text ?? '') ? [] : [{ file, before: text, text: mark + now.text }],
  );
  for (const { file, before = '', text } of changed)
    if (!changesOnly(before, text, ours)) throw refusal(file, 'its form is unusual');
  const contextIn = opened.find(({ now }) => ownItem(now, 'contexts', { name: ours.current }) !== undefined) ?? home;
  return { changed, current, home: contextIn.file };
}

function open({ file, text = '' }: KubeconfigFile): KubeconfigText {
  // What stands for bytes that are no UTF-8 would not be written back as they were.
  const opened = text.includes('\ufffd') ? undefined : openText(text, 'failsafe');
  if (opened === undefined) throw refusal(file);
  const kind = entryOf(opened, 'kind')?.value;
  if (opened.top !== undefined && !isNothing(kind) && (kind as { value?: unknown }).value !== 'Config')
    throw refusal(file);
  for (const list of LISTS) {
    const value = entryOf(opened, list)?.value;
    if (!isNothing(value) && (isAlias(value) || itemsOf(opened, list).length === 0) && !isEmptyList(value))
      throw refusal(file);
  }
  return opened;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray((value as { items?: unknown }).items) && !isMap(value);
}

function reopen(text: string, file: string): KubeconfigText {
  const opened = openText(text, 'failsafe');
  if (opened === undefined) throw refusal(file, 'its form is unusual');
  return opened;
}

type Entry = OwnEntries[List][number];

function entriesOf(ours: OwnEntries): readonly { readonly list: List; readonly entry: Entry }[] {
  return LISTS.flatMap((list) => ours[list].map((entry) => ({ list, entry })));
}

function isThere({ text }: KubeconfigText, list: List, entry: Entry): boolean {
  const there = ownValue(text, list, entry);
  return there !== undefined && isDeepStrictEqual(there, merged(list, there, entry));
}

function withEntry(from: KubeconfigText, list: List, entry: Entry): string {
  const item = ownItem(from, list, entry);
  const wanted = merged(list, ownValue(from.text, list, entry), entry);
  return item === undefined ? addItem(from, list, wanted) : replaceItem(from, list, item, wanted);
}

function currentOf(from: KubeconfigText): string {
  return String((from.document.toJS() as Readonly<Record<string, unknown>>)['current-context']);
}

function ownItem(from: KubeconfigText, list: List, { name }: Pick<Entry, 'name'>): Node | undefined {
  return itemsOf(from, list).find((item) => nameOf(item, from) === name);
}

function nameOf(item: Node, { document }: KubeconfigText): unknown {
  return (item.toJS(document) as { readonly name?: unknown } | null)?.name;
}

/** Our entry as kubectl reads it. */
function ownValue(text: string, list: List, { name }: Entry): Readonly<Record<string, unknown>> | undefined {
  const read = openText(text, 'yaml-1.1');
  const item = read === undefined ? undefined : itemsOf(read, list).find((each) => nameOf(each, read) === name);
  return read === undefined ? undefined : (item?.toJS(read.document) as Readonly<Record<string, unknown>> | undefined);
}

/** What a user sets in an entry of kinit's with kubectl, and what says nothing of how the cluster is reached, stays. */
const KEPT = {
  clusters: ['cluster', ['proxy-url', 'disable-compression', 'extensions']],
  users: ['user', ['extensions']],
  contexts: ['context', ['namespace', 'extensions']],
} as const;

function merged(list: List, there: Readonly<Record<string, unknown>> | undefined, own: Entry): unknown {
  const [field, kept] = KEPT[list];
  const old = (there?.[field] ?? {}) as Readonly<Record<string, unknown>>;
  const stays = Object.fromEntries(Object.entries(old).filter(([key]) => (kept as readonly string[]).includes(key)));
  const entry = own as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return { ...entry, [field]: { ...entry[field], ...stays } };
}

/** Whether the two differ in our entries alone. */
function changesOnly(before: string, after: string, ours: OwnEntries): boolean {
  const [old, now] = [others(before, ours), others(after, ours)];
  const right = entriesOf(ours).every(({ list, entry }) => {
    const value = ownValue(after, list, entry);
    return value === undefined || isDeepStrictEqual(value, merged(list, ownValue(before, list, entry), entry));
  });
  return right && isDeepStrictEqual(old, now);
}

/** All but what is ours, as plain words. */
function others(text: string, ours: OwnEntries): unknown {
  const read = openText(text, 'failsafe');
  const value = (read?.top?.toJS(read.document) ?? {}) as Record<string, unknown>;
  // What a file begins with may have been missing.
  const { 'current-context': _current, apiVersion = 'v1', kind = 'Config', ...rest } = value;
  const lists = LISTS.map((list) => {
    const all = Array.isArray(value[list]) ? (value[list] as { readonly name?: unknown }[]) : [];
    const own: readonly unknown[] = ours[list].map(({ name }) => name);
    return [list, all.filter((entry) => !own.includes(entry?.name))] as const;
  });
  return { ...rest, apiVersion, kind, ...Object.fromEntries(lists) };
}

/** The parser's own message is not passed on: it quotes lines, and these may be secret. */
function refusal(file: string, why?: string): KinitError {
  return new KinitError(
    why === undefined
      ? `${file} is not a kubeconfig`
      : `${file} cannot be changed without touching more than kinit's own entries`,
    {
      class: 'usage',
      ...(why === undefined ? {} : { found: why }),
      hint: 'Nothing was written. Use --out FILE for a file of its own; KUBECONFIG=OTHER:FILE lets kubectl read both.',
    },
  );
}
