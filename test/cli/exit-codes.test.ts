import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/model/error.js';

test('docs/exit-codes.md names every class with its code', () => {
  const text = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');
  const documented = Object.fromEntries(
    [...text.matchAll(/^\| (\d+) +\| `([a-z]+)` +\|/gm)].map(([, code, name]) => [name ?? '', Number(code)]),
  );
  expect(documented).toEqual(EXIT_CODES);
});
