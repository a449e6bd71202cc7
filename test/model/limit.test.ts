import { expect, test } from 'vitest';
import { limiter, mapLimit } from '../../src/model/limit.js';

test('mapLimit keeps the order and never has more than the limit at work', async () => {
  let busy = 0;
  let most = 0;
  const results = await mapLimit([5, 1, 3, 2, 4], 2, async (item) => {
    busy += 1;
    most = Math.max(most, busy);
    await new Promise((resolve) => setTimeout(resolve, item));
    busy -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 30, 20, 40]);
  expect(most).toBe(2);
});

test('limiter gives its place on after a failure', async () => {
  const slot = limiter(1);
  await expect(slot(() => Promise.reject(new Error('first')))).rejects.toThrow('first');
  await expect(slot(() => Promise.resolve('second'))).resolves.toBe('second');
});

test('limiter lets waiting work in one by one', async () => {
  const slot = limiter(1);
  const order: string[] = [];
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      slot(async () => {
        order.push(`${name} in`);
        await Promise.resolve();
        order.push(`${name} out`);
      }),
    ),
  );
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

test('mapLimit begins nothing after a rejection, and waits for what is at work', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    await new Promise((resolve) => setTimeout(resolve, item * 5));
    if (item === 1) throw new Error('one');
    ended.push(item);
  };
  await expect(mapLimit([1, 3, 5, 7], 2, work)).rejects.toThrow('one');
  expect({ begun, ended }).toEqual({ begun: [1, 3], ended: [3] });
});
