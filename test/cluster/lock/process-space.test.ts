import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { isDeadHere, processSpace } from '../../../src/cluster/lock/process-space.js';

const here = (pid: number): boolean => isDeadHere({ pid, processSpace: processSpace() });

test('this process lives; of one of another machine nothing is known', () => {
  expect(here(process.pid)).toBe(false);
  expect(isDeadHere({ pid: 2 ** 22 - 1, processSpace: 'elsewhere' })).toBe(false);
});

test.skipIf(process.platform !== 'linux')('a killed process whose parent has not fetched it yet is dead', async () => {
  // The parent becomes a sleep, which fetches nobody.
  const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(here(pid)).toBe(false);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(here(pid)).toBe(true), 5000);
  } finally {
    parent.kill('SIGKILL');
  }
});
