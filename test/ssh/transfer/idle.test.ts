import os from 'node:os';
import { expect, test, vi } from 'vitest';
import { idleSince } from '../../../src/ssh/transfer/idle.js';

const processor = (user: number, idle: number): os.CpuInfo => ({
  model: '',
  speed: 0,
  times: { user, nice: 0, sys: 0, irq: 0, idle },
});

test('the share of time in which the processors did nothing, since it was begun to look', () => {
  const cpus = vi.spyOn(os, 'cpus').mockReturnValue([processor(1000, 0), processor(0, 1000)]);
  const idle = idleSince();
  expect(idle()).toBe(1);
  cpus.mockReturnValue([processor(1300, 0), processor(0, 1100)]);
  expect(idle()).toBe(0.25);
  cpus.mockRestore();
});
