import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { troubleshootingReference } from '../../src/doctor/reference.js';

test('docs/troubleshooting.md is what the table of causes says (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')).toBe(
    troubleshootingReference(),
  );
});
