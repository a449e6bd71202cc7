import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/kernels/**'],
    pool: 'forks',
    // Half the time on two CPUs: vitest would leave one of them free.
    maxWorkers: '100%',
    testTimeout: 15_000,
    // Keys are made before some tests; on a busy machine that takes long.
    hookTimeout: 60_000,
  },
});
