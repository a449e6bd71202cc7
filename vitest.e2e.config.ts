import { defineConfig } from 'vitest/config';
import { LAB_PREFIX } from './scripts/lib/e2e-labs.js';

/** Tests on real hosts: one file after another, because they share the machine's memory and its bridge addresses. */
export default defineConfig({
  test: {
    // Too long for the test command, each a command of its own: the matrix (scripts/matrix.js), npm run test:kernels, test:conformance, test:delivery, test:external-ca, test:failover, test:kubeadm, test:restore, test:rotation and test:upgrade.
    include:
      process.env['KINIT_TEST_IMAGES'] === undefined
        ? [
            'test/e2e/**/*.e2e.test.ts',
            'test/kernels/**/*.kernels.test.ts',
            'test/delivery/**/*.delivery.test.ts',
            'test/failover/**/*.failover.test.ts',
            'test/restore/**/*.restore.test.ts',
            'test/external-ca/**/*.external-ca.test.ts',
            'test/kubeadm/**/*.kubeadm.test.ts',
            'test/rotation/**/*.rotation.test.ts',
            'test/upgrade/**/*.upgrade.test.ts',
            'test/conformance/**/*.conformance.test.ts',
          ]
        : ['test/e2e/matrix/cells.ts'],
    globalSetup: ['test/temporary-folder.ts'],
    env: { KINIT_TEST_LABS: LAB_PREFIX },
    // Every file has a process of its own, and they load the same modules: what those became is kept (node_modules/.experimental-vitest-cache).
    experimental: { fsModuleCache: true },
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    sequence: { concurrent: false },
    testTimeout: 20 * 60_000,
    hookTimeout: 20 * 60_000,
    teardownTimeout: 3 * 60_000,
  },
});
