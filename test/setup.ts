import { afterAll, afterEach, vi } from 'vitest';
import { removeScratch } from './ssh/scratch.js';

// Runs for each test file, also for those that share a process and its modules.
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(removeScratch);
