import { expect, test } from 'vitest';
import { restartForStuckPods } from '../../../src/cluster/waits/stuck-pods.js';
import { fakeHost } from '../fakes.js';

test('says whether the kubelet was started again', async () => {
  const answering = (stdout: string): ReturnType<typeof fakeHost> =>
    fakeHost({ run: () => Promise.resolve({ code: 0, stdout, stderr: '' }) });
  expect(await restartForStuckPods(answering('restarted\n'))).toBe(true);
  expect(await restartForStuckPods(answering(''))).toBe(false);
});
