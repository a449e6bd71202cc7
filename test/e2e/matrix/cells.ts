import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { IMAGES } from '../../../src/lab/images/index.js';
import type { ImageName } from '../../../src/lab/images/names.js';
import { RUNTIMES } from '../../../src/runtime/index.js';
import { testCell, type Cell } from '../support/cell.js';
import { behindDocker } from '../support/origin/packages/docker.js';
import { labOf, refusedBy, testRefusal } from './refused.js';

/** `npm run test:matrix` (scripts/matrix.js) says which cells. */
const named = <T>(all: readonly T[], variable: string, name: (one: T) => string): readonly T[] => {
  const wanted = (process.env[variable] ?? '').split(',');
  return all.filter((one) => wanted.includes(name(one)));
};
const images = named(Object.values(IMAGES), 'KINIT_TEST_IMAGES', ({ name }) => name);
const runtimes = named(RUNTIMES, 'KINIT_TEST_RUNTIMES', ({ id }) => id);

/** `runtime.from` of the inventory. */
const from = process.env['KINIT_TEST_FROM'] ?? 'artifacts';

for (const image of images)
  for (const runtime of runtimes)
    describe(`${image.title} with ${runtime.title}`, () => {
      const refused = refusedBy(from, image.name, runtime.id);
      if (refused !== undefined) return testRefusal(refused, { image: image.name, runtime: runtime.id, from });
      const around = from === 'docker' ? { around: dockerAround(image.name) } : {};
      testCell({ name: labOf(image.name, runtime.id), image: image.name, runtime, from, workers: 1, ...around });
    });

/** Docker's repository for a system, from this machine. */
function dockerAround(image: ImageName): NonNullable<Cell['around']> {
  return async (cluster) => {
    const folder = await mkdtemp(join(tmpdir(), 'km-'));
    const { server, keyFile } = await behindDocker(cluster, folder, { image, open: true });
    return {
      inventory: { repositories: [{ name: 'docker-ce', keyFile }] },
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true });
      },
    };
  };
}
