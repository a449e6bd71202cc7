import { expect, test, vi } from 'vitest';
import { createAhead } from '../../../../src/ssh/transfer/parts/ahead.js';
import type { BringOptions } from '../../../../src/ssh/transfer/parts/bring.js';
import { keptPart, type Part } from '../../../../src/ssh/transfer/parts/slices.js';

const PART = keptPart({ localFile: '/f', size: 9, sha256: 'a'.repeat(64) });
const signal = new AbortController().signal;

test('who asks for files that are on their way waits for them, is told how far they are, and brings what is missing then', async () => {
  let arrive = (): void => undefined;
  const send = vi.fn((_parts: readonly Part[], options: BringOptions) =>
    options.channels === undefined
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          arrive = () => {
            options.onProgress?.(5);
            resolve();
          };
        }),
  );
  const ahead = createAhead(send);
  const began = ahead.begin([PART], signal);
  const onProgress = vi.fn();
  const brought = ahead.bring([PART], { onProgress });
  await Promise.resolve();
  expect(send).toHaveBeenCalledTimes(1);
  arrive();
  await Promise.all([began, brought]);
  expect(onProgress.mock.calls).toEqual([[5]]);
  expect(send).toHaveBeenCalledTimes(2);
  // They need some of the channels too.
  expect(send.mock.calls[0]?.[1].channels).toBeLessThan(6);
});

test('what goes wrong before they are asked for is told when they are', async () => {
  const ahead = createAhead(() => Promise.reject(new Error('no space')));
  await ahead.begin([PART], signal);
  await expect(ahead.bring([PART])).rejects.toThrow('no space');
});
