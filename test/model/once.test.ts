import { expect, test } from 'vitest';
import { groupBy, oncePer } from '../../src/model/once.js';

test('what follows from an object is made once for it, also where it is undefined', () => {
  let calls = 0;
  const made = oncePer((list: readonly string[]) => {
    calls += 1;
    return list[0];
  });
  const [empty, full] = [[], ['a']];
  expect([made(empty), made(empty), made(full), made(full), made(['a'])]).toEqual([
    undefined,
    undefined,
    'a',
    'a',
    'a',
  ]);
  expect(calls).toBe(3);
});

test('an item stands under each of its keys, once', () => {
  expect(groupBy(['ab', 'b', 'bb'], (word) => [...word])).toEqual(
    new Map([
      ['a', ['ab']],
      ['b', ['ab', 'b', 'bb']],
    ]),
  );
});
