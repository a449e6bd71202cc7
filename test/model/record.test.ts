import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordSchema } from '../../src/model/record.js';

test('docs/architecture.md describes every field of the record, and no other', () => {
  const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const table = page.split('### The cluster record')[1]?.split('\n## ')[0] ?? '';
  const described = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field);
  expect(described).toEqual(Object.keys(recordSchema.shape));
});
