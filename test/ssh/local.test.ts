import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runLocal } from '../../src/ssh/local.js';
import { scratch } from './scratch.js';

test('output, input and lines', async () => {
  const lines: string[] = [];
  const result = await runLocal('sh', ['-c', 'cat; echo err >&2; printf "a b\\nlast"'], {
    input: 'in\n',
    onLine: (line) => lines.push(line),
  });
  expect(result).toEqual({ code: 0, stdout: 'in\na b\nlast', stderr: 'err\n' });
  expect(lines).toEqual(['in', 'a b', 'last']);
});

test('a failure is an error with the command and its last words, or a result where that is asked for', async () => {
  await expect(runLocal('sh', ['-c', 'echo why >&2; exit 3'])).rejects.toMatchObject({
    message: 'sh failed with exit code 3',
    context: { tried: "sh -c 'echo why >&2; exit 3'", found: 'why' },
  });
  expect((await runLocal('sh', ['-c', 'exit 3'], { reject: false })).code).toBe(3);
});

test('a program that is not there is named', async () => {
  await expect(runLocal('kinit-no-such-tool', [])).rejects.toMatchObject({
    message: 'kinit-no-such-tool is not installed on this machine',
    context: { class: 'usage' },
  });
});

test('when time is over, what the program started is ended too', async () => {
  const mark = join(scratch(), 'late');
  await expect(
    runLocal('sh', ['-c', `(sleep 0.5; touch ${mark}) & sleep 30`], { timeoutSeconds: 0.1 }),
  ).rejects.toMatchObject({ context: { class: 'timeout' } });
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(existsSync(mark)).toBe(false);
});

test('an abort ends it, before or while it runs', async () => {
  const controller = new AbortController();
  const running = runLocal('sleep', ['30'], { signal: controller.signal });
  controller.abort();
  await expect(running).rejects.toMatchObject({ context: { class: 'interrupted' } });
  await expect(runLocal('true', [], { signal: controller.signal })).rejects.toMatchObject({
    context: { class: 'interrupted' },
  });
});
