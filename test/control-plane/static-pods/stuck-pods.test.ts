import { expect, test } from 'vitest';
import { restartForStuckPods } from '../../../src/control-plane/static-pods/stuck-pods.js';
import { fakeHost } from '../../cluster/fakes.js';

test('says whether the kubelet was started again', async () => {
  const answering = (stdout: string): ReturnType<typeof fakeHost> =>
    fakeHost({ run: () => Promise.resolve({ code: 0, stdout, stderr: '' }) });
  expect(await restartForStuckPods(answering('restarted\n'))).toBe(true);
  expect(await restartForStuckPods(answering(''))).toBe(false);
});
