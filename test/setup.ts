import { afterAll } from 'vitest';
import { removeScratch } from './ssh/scratch.js';

// Runs once for each test file, also for those that share a process and its modules.
afterAll(removeScratch);
