import { expect, test } from 'vitest';
import { illAfter } from '../../../src/engine/upgrade/cluster.js';
import { fakeApi, node } from '../../cluster/fakes.js';

const { signal } = new AbortController();

test('a node that an earlier run left without its kubelet is not waited for for ever: its turn mends it', async () => {
  const api = fakeApi([node('leader'), node('cut', false), node('well'), node('through', false)]);
  const ill = await illAfter(api, ['cut', 'well'], { seconds: 0.01, signal });
  expect(ill.map(({ name }) => name)).toEqual(['cut']);
});

test('one that comes back in time is as the others', async () => {
  const api = fakeApi([node('a', false)]);
  const looked = illAfter(api, ['a'], { seconds: 20, signal });
  setTimeout(() => api.objects.set('Node /a', node('a')), 50);
  expect(await looked).toEqual([]);
});

test('where none is ill nothing is waited for', async () => {
  const begun = performance.now();
  expect(await illAfter(fakeApi([node('a')]), ['a'], { seconds: 20, signal })).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(1000);
});
