import { expect, test } from 'vitest';
import { packages } from '../../../src/phases/host/packages.js';
import { makeContext } from '../../templates/context.js';

function named(spec: Record<string, unknown>, appArmor?: true): readonly string[] {
  const context = makeContext(spec);
  const facts = { ...context.node.facts, ...(appArmor === undefined ? {} : { appArmor }) };
  const resources = packages.resources({ ...context, node: { ...context.node, facts } });
  return resources.flatMap((each) => ('names' in each ? (each.names as readonly string[]) : []));
}

test('the parser of AppArmor comes where the kernel has it on', () => {
  expect(named({})).not.toContain('apparmor');
  expect(named({}, true)).toContain('apparmor');
});

test('what the inventory names comes besides, a version of its own for what is needed anyway too', () => {
  const names = named({ packages: ['nfs-common', 'socat=1.7.4.4-2'] });
  expect(names).toEqual(expect.arrayContaining(['conntrack', 'nfs-common', 'socat=1.7.4.4-2']));
  expect(names).not.toContain('socat');
});
