import { defineConfig } from 'vitest/config';
import { LAB_PREFIX } from './scripts/lib/e2e-labs.js';

/** Tests on real hosts: one file after another, because they share the machine's memory and its bridge addresses. */
export default defineConfig({
  test: {
    // The matrix (scripts/matrix.js) is too long for the test command.
    include:
      process.env['KINIT_TEST_IMAGES'] === undefined ? ['test/e2e/**/*.e2e.test.ts'] : ['test/e2e/matrix/cells.ts'],
    env: { KINIT_TEST_LABS: LAB_PREFIX },
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    sequence: { concurrent: false },
    testTimeout: 20 * 60_000,
    hookTimeout: 20 * 60_000,
    teardownTimeout: 3 * 60_000,
  },
});
