import { expect, test } from 'vitest';
import { dropping } from '../../../src/lab/network/reach.js';

const chain = (family: string, table: string, name: string, more: object): object => ({
  chain: { family, table, name, handle: 1, ...more },
});
const rule = (family: string, table: string, name: string, ...expr: object[]): object => ({
  rule: { family, table, chain: name, handle: 2, expr },
});
const ruleset = (...parts: object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, ...parts] });
const own = { table: 'kinit_lab_0a1b2c_demo' };

test('the chain that drops by policy is named before the one that does by a rule; chains of other hooks and our own are not', () => {
  const text = ruleset(
    chain('inet', own.table, 'forward', { type: 'filter', hook: 'forward', prio: 0, policy: 'accept' }),
    rule('inet', own.table, 'forward', { accept: null }),
    chain('inet', 'firewalld', 'filter_FORWARD', { type: 'filter', hook: 'forward', prio: 10, policy: 'accept' }),
    rule('inet', 'firewalld', 'filter_FORWARD', { counter: {} }, { reject: { type: 'icmpx' } }),
    chain('ip', 'filter', 'FORWARD', { type: 'filter', hook: 'forward', prio: 0, policy: 'drop' }),
    chain('ip', 'filter', 'INPUT', { type: 'filter', hook: 'input', prio: 0, policy: 'drop' }),
  );
  expect(dropping(text, own)).toEqual([
    'table ip filter, chain FORWARD (policy drop)',
    'table inet firewalld, chain filter_FORWARD (a rule drops)',
  ]);
});

test('no rules, no blame', () => {
  expect(dropping(ruleset(), own)).toEqual([]);
  expect(dropping('', own)).toEqual([]);
});
