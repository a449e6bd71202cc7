import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { phasesReference } from '../../../src/cli/reference/phases.js';

test('docs/phases.md is what the list of phases says (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../../docs/phases.md', import.meta.url), 'utf8')).toBe(phasesReference());
});
