import { expect, test } from 'vitest';
import { dns } from '../../../src/add-ons/dns/index.js';
import { goldenObjects } from '../../golden.js';
import { makeContext } from '../../templates/context.js';

test('the objects of coredns are those of the golden file', () => {
  expect(JSON.parse(JSON.stringify(dns.objects(makeContext())))).toEqual(goldenObjects('coredns'));
});
