import { expect, test } from 'vitest';
import { createSite } from '../../../src/engine/hand-on/site.js';

test('what nobody has is sent to the first who asks, and only to that one', () => {
  const site = createSite();
  expect([...site.claim(['a', 'b'])]).toEqual(['a', 'b']);
  expect([...site.claim(['b', 'c'])]).toEqual(['c']);
});

test('who asks for what is on its way waits, and is given it by whoever has it then', async () => {
  const site = createSite();
  const mine = site.claim(['a']);
  let given: string | undefined;
  const waits = site.giver(['a']).then((giver) => (given = giver?.host));
  await Promise.resolve();
  expect(given).toBeUndefined();
  site.has('one', ['a']);
  site.release(mine);
  await waits;
  expect(given).toBe('one');
});

test('a sending that failed leaves nobody waiting: the next who asks is sent it', async () => {
  const site = createSite();
  const mine = site.claim(['a']);
  const waits = site.giver(['a']);
  site.release(mine);
  expect(await waits).toBeUndefined();
  expect([...site.claim(['a'])]).toEqual(['a']);
});

test('a host gives to three at a time; whoever is through gives on in turn', async () => {
  const site = createSite();
  site.has('one', ['a']);
  const first = await Promise.all([site.giver(['a']), site.giver(['a']), site.giver(['a'])]);
  expect(first.map((giver) => giver?.host)).toEqual(['one', 'one', 'one']);
  const fourth = site.giver(['a']);
  site.has('two', ['a']);
  expect((await fourth)?.host).toBe('two');
});

test('who has the most of it comes first', async () => {
  const site = createSite();
  site.has('one', ['a']);
  site.has('two', ['a', 'b']);
  const giver = await site.giver(['a', 'b', 'c']);
  expect({ host: giver?.host, sums: [...(giver?.sums ?? [])] }).toEqual({ host: 'two', sums: ['a', 'b'] });
});

test('a host that cannot be reached gives nothing any more, and what only it has is sent again', async () => {
  const site = createSite();
  site.has('one', ['a']);
  site.forget('one');
  expect(await site.giver(['a'])).toBeUndefined();
  expect([...site.claim(['a'])]).toEqual(['a']);
});
