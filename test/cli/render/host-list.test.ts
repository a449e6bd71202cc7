import { expect, test } from 'vitest';
import { hostList } from '../../../src/cli/render/host-list.js';

const numbered = (from: number, to: number, name = (n: number) => `node${String(n)}`): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => name(from + index));

test.each<[string, readonly string[], string]>([
  ['a few are written out', ['node1', 'node2', 'db'], 'node1, node2, db'],
  ['neighbours are a range', numbered(1, 97), 'node[1-97]'],
  ['gaps are commas', ['node1', 'node2', 'node3', 'node7', 'node9', 'node10'], 'node[1-3,7,9-10]'],
  ['order does not matter', ['node10', 'node2', 'node9', 'node1', 'node3'], 'node[1-3,9-10]'],
  [
    'groups stand in the order in which they come',
    ['cp1', 'node1', 'cp2', 'node2', 'cp3', 'gateway'],
    'cp[1-3], node[1-2], gateway',
  ],
  ['padded numbers are ranges of their own width', ['n08', 'n09', 'n10', 'n11'], 'n[08-11]'],
  ['padded and other numbers do not mix', ['n9', 'n09', 'n10', 'n010'], 'n9, n[09-10], n010'],
  ['a domain stays', numbered(1, 5, (n) => `w${String(n)}.dc2.example.org`), 'w[1-5].dc2.example.org'],
  [
    'addresses are names like others',
    ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
    '10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4',
  ],
  ['no numbers', ['a', 'b', 'c', 'd'], 'a, b, c, d'],
])('%s', (_why, hosts, text) => {
  expect(hostList(hosts)).toBe(text);
});
