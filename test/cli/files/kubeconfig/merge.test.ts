import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { mergeIntoFiles } from '../../../../src/cli/files/kubeconfig/merge.js';
import { kubeconfigOf, ownEntries, type OwnEntries } from '../../../../src/cli/files/kubeconfig/own.js';
import { ADMIN, PRECIOUS } from './samples.js';

const OURS = ownEntries(ADMIN, 'prod');
const NEWER = ownEntries(ADMIN.replace('192.0.2.1', '192.0.2.9').replace('S0VZ', 'TkVX'), 'prod');

/** One file; gives its text afterwards. */
function merge(text: string | undefined, ours = OURS, use = false): string {
  const [changed] = mergeIntoFiles([{ file: 'f', text }], ours, use).changed;
  return changed?.text ?? text ?? '';
}

interface Read {
  readonly 'current-context': string;
  readonly clusters: { name: string; cluster: { server: string } }[];
  readonly users: { name: string }[];
  readonly contexts: { name: string; context: Record<string, unknown> }[];
}
/** As kubectl reads it. */
const read = (text: string): Read => parse(text, { version: '1.1' }) as Read;

/** The lines of `after` without those that stand in `before`, in order; undefined where one of `before` is missing. */
function added(before: string, after: string): string[] | undefined {
  const left = before.split('\n');
  const extra = after.split('\n').filter((line) => (line === left[0] ? (left.shift(), false) : true));
  return left.length === 0 ? extra : undefined;
}

test('every line that was there stays, in its place: comments, quotes, anchors, odd indentation', () => {
  const merged = merge(PRECIOUS);
  expect(added(PRECIOUS, merged)).toEqual([
    '  - name: prod',
    '    cluster:',
    '      server: https://192.0.2.1:6443',
    '      certificate-authority-data: Q0E=',
    '    -   name: prod-admin'.replace('-   ', '- '),
    '      user:',
    '        client-key-data: S0VZ',
    '- name: prod',
    '  context:',
    '    cluster: prod',
    '    user: prod-admin',
  ]);
  expect(read(merged).clusters.map(({ name }) => name)).toEqual(['on', '1_000', 'prod']);
});

test('merging again changes nothing; newer credentials change our entries alone', () => {
  const once = merge(PRECIOUS);
  expect(mergeIntoFiles([{ file: 'f', text: once }], OURS, false).changed).toEqual([]);
  const twice = merge(once, NEWER);
  expect(twice).toBe(once.replace('192.0.2.1', '192.0.2.9').replace('S0VZ', 'TkVX'));
});

test('the current context stays, unless ours is asked for or there is none', () => {
  expect(read(merge(PRECIOUS))['current-context']).toBe('~');
  expect(
    added(PRECIOUS.replace('current-context: "~"', 'current-context: prod'), merge(PRECIOUS, OURS, true)),
  ).toHaveLength(11);
  for (const none of ['', 'current-context:\n', 'current-context: ""\n', 'current-context: null # none\n'])
    expect(read(merge(`kind: Config\n${none}clusters: []\n`))['current-context']).toBe('prod');
});

test('what a user set in our entries stays: the namespace, a proxy; what would contradict ours does not', () => {
  const theirs = merge(undefined)
    .replace('    user: prod-admin', '    user: prod-admin\n    namespace: dev')
    .replace(
      '    certificate-authority-data: Q0E=',
      '    insecure-skip-tls-verify: true\n    proxy-url: http://p:3128\n    disable-compression: on',
    );
  const { clusters, contexts } = read(merge(theirs));
  expect(clusters).toEqual([
    {
      name: 'prod',
      cluster: {
        server: 'https://192.0.2.1:6443',
        'certificate-authority-data': 'Q0E=',
        'proxy-url': 'http://p:3128',
        'disable-compression': true,
      },
    },
  ]);
  expect(contexts).toEqual([{ name: 'prod', context: { cluster: 'prod', user: 'prod-admin', namespace: 'dev' } }]);
});

const JSON_FILE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'a', cluster: { server: 's' } }],
  users: [],
  contexts: null,
});

test('a file in JSON stays JSON', () => {
  const merged = merge(JSON_FILE);
  expect(JSON.parse(merged)).toEqual({
    ...(JSON.parse(JSON_FILE) as object),
    clusters: [{ name: 'a', cluster: { server: 's' } }, ...OURS.clusters],
    users: OURS.users,
    contexts: OURS.contexts,
    'current-context': 'prod',
  });
  expect(JSON.parse(merge(merged, NEWER))).toMatchObject({ clusters: [{ name: 'a' }, ...NEWER.clusters] });
});

test.each([
  ['nothing', undefined],
  ['an empty file', ''],
  ['white space', '\n  \n'],
  ['a comment', '# mine\n'],
  ['a comment without a line break', '# mine'],
  ['a kubeconfig with nothing in it', 'apiVersion: v1\nkind: Config\n'],
  ['without kind, as kubectl takes it', 'clusters:\ncontexts:\nusers:\n'],
  ['empty lists in flow style', 'kind: Config\nclusters: [ ]\ncontexts: []\nusers: []'],
  ['null lists with comments', 'kind: Config\nclusters: # none\nusers: null # none\ncontexts: ~\n'],
  ['a document start and end', '---\nkind: Config\nclusters:\n- name: a\n  cluster: {server: s}\n...\n'],
  [
    'Windows line breaks',
    'kind: Config\r\nclusters:\r\n- name: a\r\n  cluster:\r\n    server: s\r\ncurrent-context: ""\r\n',
  ],
  ['a byte order mark', '\ufeffkind: Config\nclusters:\n- name: a\n  cluster: {server: s}\n'],
  ['no line break at the end', 'kind: Config\ncontexts:\n- name: a\n  context: {cluster: b, user: c}'],
  [
    'block scalars at the end of entries',
    'kind: Config\nusers:\n- name: a\n  user:\n    client-key-data: |\n      AAA\n\ncontexts: []\n',
  ],
  [
    'block scalars that keep their line breaks',
    'kind: Config\nusers:\n- name: a\n  user:\n    token: |+\n      AAA\n\n\n',
  ],
  [
    'lists in flow style',
    'kind: Config\nclusters: [{name: a, cluster: {server: s}}, {name: b, cluster: {server: t}},] # two\n',
  ],
  [
    'everything in flow style over lines',
    '{\n  kind: Config,\n  clusters: [\n    {name: a, cluster: {server: s}}\n  ]\n}\n',
  ],
  ['an indented map', '  kind: Config\n  clusters:\n    - name: a\n      cluster: {server: s}\n'],
  ['items on their own lines', 'kind: Config\nclusters:\n-\n  name: a\n  cluster:\n    server: s\n'],
])('into %s: all of it stays, ours is added, and changed in place the next time', (_what, text) => {
  const merged = merge(text);
  const before = (parse(text ?? '') ?? {}) as Partial<Read>;
  const after = read(merged);
  expect(after.clusters).toEqual([...(before.clusters ?? []), ...OURS.clusters]);
  expect(after.users).toEqual([...(before.users ?? []), ...OURS.users]);
  expect(after.contexts).toEqual([...(before.contexts ?? []), ...OURS.contexts]);
  expect(after).toMatchObject({ kind: 'Config', 'current-context': 'prod' });
  expect(merged.includes('\r\n') && /[^\r]\n/.test(merged)).toBe(false);
  const again = read(merge(merged, NEWER));
  expect(again.clusters).toEqual([...(before.clusters ?? []), ...NEWER.clusters]);
  expect(again.users).toEqual([...(before.users ?? []), ...NEWER.users]);
});

test('a new file is a whole kubeconfig', () => {
  expect(read(merge(undefined))).toEqual(read(kubeconfigOf(OURS)));
});

test('several files: what is there is changed where it stands, new entries go to the first file that exists', () => {
  const second = merge('kind: Config\n# second\n');
  const files = [
    { file: 'none', text: undefined },
    { file: 'one', text: PRECIOUS },
    { file: 'two', text: second },
  ];
  expect(mergeIntoFiles(files, OURS, false)).toEqual({ changed: [], home: 'two', current: '~' });
  const newer = mergeIntoFiles(files, NEWER, false);
  expect(newer.changed.map(({ file }) => file)).toEqual(['two']);
  const other = mergeIntoFiles(files, ownEntries(ADMIN, 'other'), true);
  expect(other).toMatchObject({ home: 'one', current: 'other', changed: [{ file: 'one', before: PRECIOUS }] });
  expect(mergeIntoFiles([files[0]!, { file: 'none2', text: undefined }], OURS, false)).toMatchObject({
    home: 'none2',
    current: 'prod',
  });
});

test.each([
  'hello',
  '[1]',
  'kind: Pod',
  'a: [\nclient-key-data: c2VjcmV0',
  'kind: Config\n---\nkind: Config\n',
  'kind: Config\nkind: Config\n',
  'kind: Config\nclusters: c2VjcmV0\n',
  'kind: Config\nclusters: {name: c2VjcmV0}\n',
  'kind: Config\nx: &x [{name: c2VjcmV0}]\nclusters: *x\n',
  'kind: Config\nclusters: *nowhere\n',
  'kind: Config\nname: \ufffd\n',
])('a file that is no kubeconfig is left alone, and not quoted: %j', (text) => {
  const attempt = (): unknown => mergeIntoFiles([{ file: '/home/me/.kube/config', text }], OURS, true);
  expect(attempt).toThrow('/home/me/.kube/config is not a kubeconfig');
  expect(attempt).not.toThrow('c2VjcmV0');
});

test('an entry of ours that others point at is not changed under them', () => {
  const text =
    'kind: Config\nclusters:\n- &a\n  name: prod\n  cluster: {server: s}\nextensions: [{name: e, extension: *a}]\n';
  expect(() => merge(text)).toThrow("touching more than kinit's own entries");
});

test('several control planes: all their entries come, again changes nothing, and one that is silent gives way as the current context', () => {
  const members = (silent: string): OwnEntries =>
    ownEntries(
      ADMIN,
      'prod',
      ['node1', 'node2'].map((name) => ({ name, server: `https://${name}:6443`, answers: name !== silent })),
    );
  const once = merge(PRECIOUS, members('none'), true);
  expect(read(once).contexts.map(({ name }) => name)).toEqual(['~', 'prod', 'prod@node2']);
  expect(
    read(once)
      .clusters.map(({ cluster }) => cluster.server)
      .slice(-2),
  ).toEqual(['https://node1:6443', 'https://node2:6443']);
  expect(read(once)['current-context']).toBe('prod');
  expect(merge(once, members('none'))).toBe(once);
  // kubectl works again, and the entries are as they were.
  const without = merge(once, members('node1'));
  expect(without).toBe(once.replace('current-context: prod', 'current-context: prod@node2'));
  // It still answers: a person may have chosen it.
  expect(merge(without, members('none'))).toBe(without);
  // Another cluster's stays.
  expect(read(merge(PRECIOUS, members('node1')))['current-context']).toBe('~');
});
