import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inventorySchema } from '../../src/inventory/index.js';
import { inventoryReference } from '../../src/inventory/reference.js';
import { inventoryOptions } from '../../src/inventory/schema.js';

test('docs/inventory.md is up to date (node scripts/docs.js writes it)', async () => {
  expect(await readFile(new URL('../../docs/inventory.md', import.meta.url), 'utf8')).toBe(inventoryReference());
});

test('every option has a description', () => {
  expect(
    inventoryOptions()
      .filter(({ schema }) => (schema.description ?? '') === '')
      .map(({ path }) => path),
  ).toEqual([]);
});

test('the schema is for files as people write them: only hosts is required, unknown keys are refused', () => {
  const schema = inventorySchema();
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'kinit inventory',
    required: ['hosts'],
    additionalProperties: false,
  });
  expect(schema.properties?.['kubernetesVersion']?.default).toBe('1.36.3');
});

test('what is allowed is told in words', () => {
  const lines = inventoryReference().split('\n');
  expect(lines).toContain('| `port` | whole number | `6443` | 1 to 65535 | Port of the API server on the hosts. |');
  expect(lines.find((line) => line.startsWith('| `keyAlgorithm`'))).toContain('`ECDSA-P256`, `RSA-2048`');
});
