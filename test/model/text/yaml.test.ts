import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { documentText, editableYaml, quoted, toYaml, yamlScalar } from '../../../src/model/text/yaml.js';

/** Words that a reader of YAML 1.1 (yaml's own 1.1 schema, Go's, PyYAML's, Ruby's) takes for something else than a string. */
const WORDS = [
  ...['y', 'Y', 'yes', 'Yes', 'n', 'N', 'no', 'NO', 'on', 'On', 'off', 'OFF', 'true', 'False', '~', 'null', 'Null', ''],
  ...[
    '0777',
    '017',
    '08',
    '0o17',
    '-0o7',
    '0O7',
    '0b11',
    '0B1',
    '+0b_1',
    '0x1F',
    '0X1f',
    '0x_1',
    '0x1p-2',
    '1_000',
    '1_',
    '+_7',
    '+_0x1F',
  ],
  ...['1e3', '1E3', '1.', '.5', '+.5', '.', '-', '+12', '12', '1_0.5e+3', '12e03', '1e-7', '-1.5', '0.1.', '1:30'],
  ...[
    '190:20:30',
    '190:20:30.15',
    '-1:0',
    '2001-01-01',
    '2001-1-1',
    '2001-12-14t21:59:43.10-05:00',
    '2001-12-14 21:59:43',
  ],
  ...[
    '.inf',
    '-.INF',
    '+inf',
    '.NaN',
    'NaN',
    'Infinity',
    '=',
    '<<',
    '---',
    '...',
    '-1',
    '- a',
    '? a',
    'a: b',
    'a #b',
    ' a',
    'a ',
  ],
  ...[
    '%a',
    '@a',
    '`a`',
    '*a',
    '&a',
    '!a',
    '!!str a',
    '|',
    '>',
    '[a]',
    '{a}',
    "'",
    '"',
    ',',
    'a\tb',
    '\t',
    'a\nb',
    'a\n',
    '\n',
    '\r\n',
  ],
  ...[
    'a\u2028b',
    '\u2029',
    '\u0085',
    '\ufeff',
    '\u007f',
    '\u0000',
    '\u001b[0m',
    'ü',
    '日本',
    '😀',
    'a:',
    ':a',
    '::',
    'a::b',
    '?',
    '#',
  ],
];

const read = (text: string): unknown[] => [
  parse(text, { version: '1.1', schema: 'yaml-1.1', merge: true }),
  parse(text, { version: '1.2' }),
  parse(text, { version: '1.2', schema: 'failsafe' }),
];

test.each(WORDS)(
  '%j is read as the same string by YAML 1.1 and 1.2, as a value, in a list, as a key and alone',
  (word) => {
    for (const value of [{ key: word }, [word, { deep: [word] }], { [word]: 'x', other: { [word]: word } }, word])
      expect(read(toYaml(value))).toEqual([value, value, value]);
    for (const text of [`key: ${yamlScalar(word)}\nnext: x\n`, `key: ${quoted(word)}\nnext: x\n`])
      expect(read(text)).toEqual([
        { key: word, next: 'x' },
        { key: word, next: 'x' },
        { key: word, next: 'x' },
      ]);
  },
);

test('whatever the string, every reader gets it back', () => {
  const random = seeded(20261126);
  for (let round = 0; round < 1500; round += 1) {
    const word = randomWord(random);
    const value = { list: [word], [word]: { a: word } };
    expect(read(toYaml(value, { indentSeq: round % 2 === 0 })), JSON.stringify(word)).toEqual([value, value, value]);
  }
});

test('numbers, booleans, null and what is empty stay what they are', () => {
  const value = {
    a: 1,
    b: -1.5,
    c: 1e21,
    d: 1e-7,
    e: true,
    f: null,
    g: [],
    h: {},
    i: 0.1,
    j: Infinity,
    k: 9007199254740991,
  };
  const [old, now] = read(toYaml(value));
  expect([old, now]).toEqual([value, value]);
  expect(toYaml({ c: 1e21, d: 1e-7 })).toBe('c: 1.0e+21\nd: 1.0e-7\n');
});

test('what no reader mistakes stays plain: addresses, versions, times with a unit, flags', () => {
  for (const word of [
    '10.96.0.10',
    '10.244.0.0/16',
    'v1.36.3',
    '24h0m0s',
    '--feature-gates=A=true',
    'fd00::1',
    '100Mi',
    '/etc/x',
    'one two',
  ])
    expect(yamlScalar(word)).toBe(word);
});

test('parts that values of the code share are written out: no anchors', () => {
  const shared = { a: 1 };
  expect(toYaml({ one: shared, two: shared })).toBe('one:\n  a: 1\ntwo:\n  a: 1\n');
});

test('a text that is edited keeps its comments, and what is added is quoted where it must be', () => {
  const document = editableYaml('# mine\nhosts:\n  - name: "on" # a word\n');
  document.addIn(['hosts'], document.createNode({ name: 'off' }));
  expect(documentText(document)).toBe('# mine\nhosts:\n  - name: "on" # a word\n  - name: "off"\n');
});

test('the files that kinit writes read the same in YAML 1.1 and 1.2', () => {
  const root = new URL('../../golden/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) {
    const text = readFileSync(new URL(file, root), 'utf8');
    const values = (version: '1.1' | '1.2'): unknown[] =>
      [parseAllDocuments(text, { version })].flat().map((document): unknown => document.toJS());
    expect(values('1.1'), file).toEqual(values('1.2'));
  }
});

test('nothing else writes YAML: only this writer uses the library for it', () => {
  const root = new URL('../../../src/', import.meta.url);
  const guilty = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'model/text/yaml.ts')
    .filter((file) =>
      [...readFileSync(new URL(file, root), 'utf8').matchAll(/import (type )?\{([^}]*)\} from 'yaml'/g)].some(
        ([, onlyTypes, names = '']) =>
          onlyTypes === undefined &&
          /(?<!type )\b(stringify|Document|parseDocument)\b/.test(names) &&
          !READERS.has(file),
      ),
    );
  expect(guilty).toEqual([]);
});

/** Files that parse documents for the places of things in them, and write none. */
const READERS = new Set(['inventory/document.ts']);

function randomWord(random: () => number): string {
  const alphabet = [
    '0',
    '1',
    '7',
    '9',
    '_',
    '.',
    ':',
    '-',
    '+',
    'e',
    'E',
    'x',
    'b',
    'o',
    'n',
    'y',
    'f',
    ' ',
    '#',
    '\n',
    '\t',
    "'",
    '"',
    '\\',
    '[',
    ',',
    '?',
    '!',
    '&',
    '*',
    '%',
    '~',
    '<',
    '=',
    '\u0085',
    '\u2028',
    '\u00a0',
    'ß',
    '😀',
    '\r',
    '\u0007',
  ];
  const length = 1 + Math.floor(random() * 6);
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)] ?? '').join('');
}

/** The same numbers at every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
