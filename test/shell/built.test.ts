import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { textOf } from '../../src/shell/script.js';

const BUILT = new URL('../../dist/shell/texts.json', import.meta.url);

// Unit tests may run before anything is built.
test.runIf(existsSync(BUILT))('what the build put together is what the sources give', () => {
  const built = JSON.parse(readFileSync(BUILT, 'utf8')) as Record<string, string>;
  expect(Object.keys(built).length).toBeGreaterThan(100);
  for (const [name, text] of Object.entries(built))
    expect(text, `${name}: build anew, npm run build`).toBe(textOf(new URL(`../../src/${name}.sh`, import.meta.url)));
});
