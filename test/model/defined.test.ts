import { expect, test } from 'vitest';
import { defined } from '../../src/model/defined.js';

test('fields that are undefined are left out, all others stay in their order', () => {
  const fields: { readonly a?: number; readonly b: string | undefined; readonly c: number; readonly d: null } = {
    b: undefined,
    c: 0,
    d: null,
  };
  expect(Object.entries(defined(fields))).toEqual([
    ['c', 0],
    ['d', null],
  ]);
});
