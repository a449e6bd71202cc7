import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const ELSEWHERE = [
  'test/e2e/**',
  'test/kernels/**',
  'test/delivery/**',
  'test/failover/**',
  'test/restore/**',
  'test/external-ca/**',
  'test/kubeadm/**',
  'test/rotation/**',
  'test/upgrade/**',
  'test/conformance/*.conformance.test.ts',
];

/** Files that put other modules in place of some, or other programs before those that src/artifacts has found once and keeps. */
const ALONE = [
  'test/artifacts/**/*.test.ts',
  ...readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name}`)
    .filter((file) => file.endsWith('.test.ts') && /\bvi\.(mock|doMock)\(/.test(readFileSync(file, 'utf8'))),
];

const unit = {
  setupFiles: ['test/setup.ts'],
  pool: 'forks' as const,
  testTimeout: 15_000,
  // Keys are made before some tests; on a busy machine that takes long.
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    globalSetup: ['test/temporary-folder.ts'],
    // Two for each CPU: some tests wait for time to go by.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      // The modules of src are loaded once for each process, which is two thirds of the CPU time that a process for each file takes.
      {
        test: {
          ...unit,
          name: 'shared',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...ALONE],
        },
      },
      { test: { ...unit, name: 'alone', include: ALONE, exclude: ELSEWHERE } },
    ],
  },
});
