import { expect, test } from 'vitest';
import { waitForKubelet } from '../../../src/cluster/waits/kubelet.js';
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
