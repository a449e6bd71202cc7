import { describe } from 'vitest';
import { RUNTIMES } from '../../src/runtime/index.js';
import { testCell } from './support/cell.js';

/** The default is what all other tests have. */
describe.each(RUNTIMES.slice(1))('$title', (runtime) => {
  testCell({ name: runtime.id, runtime });
});
