import { expect, test } from 'vitest';
import { labNames } from '../../src/lab/state/paths.js';
import { namesOf } from '../../src/lab/state/state.js';
import { forwardRules, ruleset } from '../../src/lab/network/network.js';
import { checkLabName } from '../../src/lab/options.js';

test('a bridge name fits the 15 characters of an interface, and long lab names do not collide', () => {
  const long = ['a-lab-with-a-long-name-1', 'a-lab-with-a-long-name-2'].map(
    (name) => labNames(checkLabName(name)).bridge,
  );
  for (const bridge of [...long, labNames('twelve-chars').bridge, labNames('a').bridge])
    expect(bridge.length).toBeLessThanOrEqual(15);
  expect(new Set(long).size).toBe(2);
});

test('the rules stay in the table of the lab, and loading them twice leaves one set', () => {
  const text = ruleset(labNames('my-lab', '/home/a/labs'), '10.210.3.0/24');
  expect(text.match(/^(table|delete table) .*/gm)).toEqual([
    'table inet kinit_lab_217a61_my_lab',
    'delete table inet kinit_lab_217a61_my_lab',
    'table inet kinit_lab_217a61_my_lab {',
  ]);
  expect(text).toContain('ip saddr 10.210.3.0/24 ip daddr != 10.210.3.0/24 masquerade');
  expect(text).not.toContain('flush');
});

test('forward rules in a table of others name the lab, so that exactly they can be deleted', () => {
  const rules = forwardRules(labNames('my-lab', '/home/a/labs'));
  expect(rules.map((rule) => rule.slice(1, 3))).toEqual([
    ['-i', labNames('my-lab', '/home/a/labs').bridge],
    ['-o', labNames('my-lab', '/home/a/labs').bridge],
  ]);
  for (const rule of rules) expect(rule).toContain('kinit-lab-217a61-my-lab');
});

test('labs of one name in two state folders share no name on the machine, and links of their hosts neither', () => {
  const [a, b] = [labNames('demo', '/home/a/labs'), labNames('demo', '/home/b/labs')];
  const all = (names: ReturnType<typeof labNames>): string[] => [
    names.bridge,
    names.table,
    names.cgroup,
    names.comment,
    names.machine('node1'),
  ];
  expect(new Set([...all(a), ...all(b)]).size).toBe(8);
  expect(labNames('demo', '/home/a/labs/../labs').bridge).toBe(a.bridge);
  // Old versions of nspawn cut the name of the cable.
  const cables = ['node1', 'node2', 'node10'].map((host) => `vb-${a.machine(host)}`.slice(0, 15));
  expect(new Set(cables).size).toBe(3);
});

test('a lab made before the folder was part of the names keeps them', () => {
  expect(namesOf({ name: 'base' }).bridge).toBe('kn-base');
  expect(namesOf({ name: 'base', owner: '/home/a/labs' })).toMatchObject({
    cgroup: labNames('base', '/home/a/labs').cgroup,
  });
});
