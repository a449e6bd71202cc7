import { expect, test } from 'vitest';
import { labNames } from '../../src/lab/state/paths.js';
import { forwardRules, ruleset } from '../../src/lab/network/network.js';
import { checkLabName } from '../../src/lab/options.js';

test('a bridge name fits the 15 characters of an interface, and long lab names do not collide', () => {
  const long = ['a-lab-with-a-long-name-1', 'a-lab-with-a-long-name-2'].map(
    (name) => labNames(checkLabName(name)).bridge,
  );
  for (const bridge of [...long, labNames('twelve-chars').bridge]) expect(bridge.length).toBeLessThanOrEqual(15);
  expect(new Set(long).size).toBe(2);
});

test('the rules stay in the table of the lab, and loading them twice leaves one set', () => {
  const text = ruleset('my-lab', '10.210.3.0/24');
  expect(text.match(/^(table|delete table) .*/gm)).toEqual([
    'table inet kinit_lab_my_lab',
    'delete table inet kinit_lab_my_lab',
    'table inet kinit_lab_my_lab {',
  ]);
  expect(text).toContain('ip saddr 10.210.3.0/24 ip daddr != 10.210.3.0/24 masquerade');
  expect(text).not.toContain('flush');
});

test('forward rules in a table of others name the lab, so that exactly they can be deleted', () => {
  const rules = forwardRules('my-lab');
  expect(rules.map((rule) => rule.slice(1, 3))).toEqual([
    ['-i', 'kn-my-lab'],
    ['-o', 'kn-my-lab'],
  ]);
  for (const rule of rules) expect(rule).toContain('kinit-lab-my-lab');
});
