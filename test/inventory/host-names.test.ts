import { expect, test } from 'vitest';
import { checkHostNames } from '../../src/inventory/host-names.js';
import { specSchema } from '../../src/inventory/spec-schema.js';

test('a name that is no host is told with those that are', () => {
  const hosts = [{ name: 'c1', address: '10.0.0.1', roles: ['control-plane'] }];
  const inventory = { spec: specSchema.parse({ hosts }), file: '/i.yaml' };
  expect(() => checkHostNames(['c1'], inventory)).not.toThrow();
  expect(() => checkHostNames(undefined, inventory)).not.toThrow();
  expect(() => checkHostNames(['c1', 'c2'], inventory)).toThrow(
    expect.objectContaining({
      message: 'there is no host "c2" in the inventory',
      context: expect.objectContaining({ class: 'usage', hint: expect.stringContaining('/i.yaml: c1.') }),
    }),
  );
});
