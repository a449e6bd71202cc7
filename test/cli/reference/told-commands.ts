import type { Word } from './argvs.js';

/** A command of kinit as a page or a test has it. */
export interface Shape {
  readonly command: string;
  /** A host, a file and what is only known when a test runs are undefined: they are the reader's own. */
  readonly positionals: readonly Word[];
  readonly options: ReadonlySet<string>;
}

/** Something on a page that a reader may type. */
export interface Told {
  readonly text: string;
  /** Whether it stands by itself, all of it, or is only mentioned in a sentence. */
  readonly whole: boolean;
}

/** Programs whose commands a page tells in its sentences. */
const PROGRAMS = 'kinit|kubectl|kubeadm|etcdctl|etcdutl|head|tail|ssh|scp|systemctl|openssl|step|vault';

/** All that the blocks of a page have, also in their comments, a command each; a function of sh is one with all of its block. */
export function commandsIn(page: string): readonly Told[] {
  return partsOf(page).flatMap(({ language, text }) =>
    language !== 'sh'
      ? []
      : /^\w+\(\) \{/m.test(text)
        ? [whole(text.split('\n')[0] ?? '')]
        : text.split('\n').flatMap(lineOf),
  );
}

interface Part {
  /** Of a block; undefined for sentences. */
  readonly language?: string;
  readonly text: string;
}

/** Sentences and blocks, which take turns. */
function partsOf(page: string): readonly Part[] {
  return page.split(/^ *```/m).map((part, at) => {
    if (at % 2 === 0) return { text: part };
    const [language = '', ...lines] = part.split('\n');
    return { language, text: lines.join('\n') };
  });
}

function lineOf(line: string): Told[] {
  const [, command = '', comment = ''] = /^ *([^#]*?) *(?:#(.*))?$/.exec(line) ?? [];
  const [, besides] = /(?:^|[:;]) *(kinit [a-z].*)$/.exec(comment) ?? [];
  return [command, besides ?? ''].filter((text) => text !== '').map(whole);
}

const whole = (text: string): Told => ({ text, whole: true });

/** What its sentences have: commands, and options by themselves. */
export function spansIn(page: string): readonly Told[] {
  const span = new RegExp(`\`((?:(?:${PROGRAMS}) |--[a-z])[^\`]*)\``, 'g');
  const sentences = partsOf(page).filter(({ language }) => language === undefined);
  return sentences.flatMap(({ text }) => [...text.matchAll(span)]).map(([, text = '']) => ({ text, whole: false }));
}

/** Options that nothing follows; all others take the next word. */
const FLAGS = new Set(
  'yes stop dry-run soak finish back again all ignore-health leave-pods leave-tokens merge use on-workers print-join-command strict'
    .split(' ')
    .map((name) => `--${name}`),
);

/** What words say to kinit, or nothing where they are none of its commands. @param names of all commands: 'certs renew' */
export function shapeOf(words: readonly Word[], names: ReadonlySet<string>): Shape | undefined {
  const length = [3, 2, 1].find((count) => names.has(words.slice(0, count).join(' ')));
  if (length === undefined) return undefined;
  const positionals: Word[] = [];
  const options = new Set<string>();
  const rest = words.slice(length);
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at];
    if (word?.startsWith('-') !== true) {
      positionals.push(isOwn(word) ? undefined : word);
      continue;
    }
    options.add(word);
    const next = rest[at + 1];
    if (!FLAGS.has(word) && at + 1 < rest.length && next?.startsWith('-') !== true) at += 1;
  }
  return { command: words.slice(0, length).join(' '), positionals, options };
}

/** The reader's own name of a host, of a file, or of anything. */
const isOwn = (word: Word): boolean => word === undefined || /^node\d$|[A-Z.]/.test(word);

/** What a test may say besides: where its inventory is, that nobody has to be asked, how it reads the answer, that what is there is new. */
const BESIDES = new Set(['-i', '--inventory', '--yes', '--output', '--again']);

/** Whether somebody who runs the one has run what a page tells. */
export function covers(run: Shape, told: Shape, isWhole: boolean): boolean {
  if (run.command !== told.command || ![...told.options].every((option) => run.options.has(option))) return false;
  const named = told.positionals.every((word, at) => word === undefined || run.positionals[at] === word);
  if (!isWhole) return named && run.positionals.length >= told.positionals.length;
  const more = [...run.options].filter((option) => !told.options.has(option) && !BESIDES.has(option));
  return named && run.positionals.length === told.positionals.length && more.length === 0;
}

/** A command of another program as a pattern of what stands in a test. */
export function patternOf(text: string): RegExp {
  const words = text.replace(/^kubectl /, '').split(/\s+/);
  return new RegExp(words.map((word) => (/^[-=']|json/.test(word) ? literal(word) : owned(word))).join('\\s+'));
}

const literal = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** 'etcd-NODE': what is in capitals is the reader's own, and so is the name of a file. */
const owned = (word: string): string =>
  /^[\w-]+\.[a-z]+$/.test(word) ? '\\S+' : literal(word).replaceAll(/[A-Z]+/g, '\\S+');
