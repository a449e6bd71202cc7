import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { requirementsReference } from '../../src/preflight/reference.js';

test('docs/requirements.md is what the table says (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/requirements.md', import.meta.url), 'utf8')).toBe(requirementsReference());
});
