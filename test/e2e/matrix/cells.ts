import { describe } from 'vitest';
import { IMAGES } from '../../../src/lab/images/index.js';
import { RUNTIMES } from '../../../src/runtime/index.js';
import { testCell } from '../support/cell.js';

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
      testCell({ name: `${image.name}-${runtime.id}`, image: image.name, runtime, from });
    });
