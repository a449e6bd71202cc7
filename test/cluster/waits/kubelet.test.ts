import { expect, test } from 'vitest';
import { kubeletStaysUp, waitForKubelet } from '../../../src/cluster/waits/kubelet.js';
import type { HostFacts } from '../../../src/model/facts.js';
import { fakeHost } from '../fakes.js';

const facts = { clockOffsetMs: 0 } as HostFacts;
const shown = (state: string, since: number, uptime: number): string =>
  `ActiveState=${state}\nActiveEnterTimestampMonotonic=${since * 1e6}\n${uptime}.25\n`;

async function told(answers: readonly string[], first?: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const left = [...answers];
  const host = fakeHost({ run: () => Promise.resolve({ code: 0, stdout: left.shift() ?? '', stderr: '' }) });
  await waitForKubelet(
    facts,
    {
      host,
      progress: (text) => lines.push(text),
      begun: new Date(),
      signal: new AbortController().signal,
    },
    first,
  );
  return [...lines, `${left.length} left`];
}

test('a kubelet that runs for some seconds is up', async () => {
  expect(await told([shown('active', 100, 104)])).toEqual(['0 left']);
});

test('one that was just started, or waits for its next start, is not', async () => {
  expect(await told([shown('active', 100, 101), shown('activating', 100, 102), shown('active', 110, 114)])).toEqual([
    'waiting for the kubelet to stay up: it has just been started',
    'waiting for the kubelet to stay up: it is activating',
    '0 left',
  ]);
});

test('what was seen already is the first look; one that ends again and again since an earlier run is no kubelet that is up', async () => {
  expect(await told([], shown('active', 100, 2_000))).toEqual(['0 left']);
  expect(await told([shown('active', 110, 114)], shown('activating', 100, 102))).toEqual([
    'waiting for the kubelet to stay up: it is activating',
    '0 left',
  ]);
});

test.each([
  ['that runs for some seconds does', [shown('active', 100, 104)], true],
  ['that waits for its next start does not', [shown('activating', 100, 104)], false],
  ['that was never started does not', [shown('inactive', 0, 104)], false],
  ['that has just begun is looked at again', [shown('active', 100, 102.9), shown('active', 100, 104)], true],
  ['that has ended meanwhile does not', [shown('active', 100, 102.9), shown('activating', 100, 104)], false],
  ['that was started anew meanwhile does not', [shown('active', 100, 102.9), shown('active', 103, 104)], false],
])('whether it stays up as it is, on a host that nothing was changed on: one %s', async (_what, answers, expected) => {
  const left = [...answers];
  const host = fakeHost({ run: () => Promise.resolve({ code: 0, stdout: left.shift() ?? '', stderr: '' }) });
  expect(await kubeletStaysUp(host, new AbortController().signal)).toBe(expected);
  expect(left).toEqual([]);
});
