import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inventorySchema } from '../../src/inventory/index.js';
import { inventoryReference } from '../../src/inventory/reference.js';
import { inventoryOptions, isSection, type JsonSchema } from '../../src/inventory/schema.js';

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

test('every option says what may become of it on a running cluster', () => {
  const marks = inventoryOptions()
    .filter((option) => !isSection(option))
    .map(({ path, schema }) => [path, schema['x-change']] as const);
  expect(marks.filter(([, mark]) => !['free', 'fixed', 'moved'].includes(mark ?? '')).map(([path]) => path)).toEqual(
    [],
  );
  const marked = new Map(marks);
  expect([marked.get('network.podCIDR'), marked.get('etcd.dataDir'), marked.get('swap')]).toEqual([
    'fixed',
    'moved',
    'free',
  ]);
});

test('what is fixed or moved says why, and what is moved says how', () => {
  const faults = inventoryOptions().filter(({ schema }) => {
    const { 'x-change': mark, 'x-change-why': why = '', 'x-change-way': way = '' } = schema;
    return mark === undefined || mark === 'free'
      ? why !== '' || way !== ''
      : why === '' || (mark === 'moved') !== (way !== '');
  });
  expect(faults.map(({ path }) => path)).toEqual([]);
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
  expect(lines).toContain(
    '| `port` | whole number |  | 1 to 65535 | free | TCP port of its sshd. Default: that of configFile, else 22. |',
  );
  expect(lines.find((line) => line.startsWith('| `keyAlgorithm`'))).toContain('`ECDSA-P256`, `RSA-2048`');
});

/** The schema of an option, and those of which it is made. */
function partsOf(schema: JsonSchema): JsonSchema[] {
  const { anyOf = [], items, additionalProperties: values } = schema;
  return [
    schema,
    ...[...anyOf, ...(items === undefined ? [] : [items]), ...(typeof values === 'object' ? [values] : [])].flatMap(
      partsOf,
    ),
  ];
}

test('every number has a least and a most: one that is a time would overflow a timer, a date or a duration', () => {
  const isNumber = ({ type }: JsonSchema): boolean =>
    [type].flat().some((each) => each === 'number' || each === 'integer');
  const numbers = inventoryOptions().flatMap(({ path, schema }) =>
    // What is written for others, as the kubelet's configuration, may be anything.
    isSection({ path, schema, required: false }) || /(config|Config)$/.test(path)
      ? []
      : partsOf(schema)
          .filter(isNumber)
          .map((part) => ({ path, part })),
  );
  expect(numbers.map(({ path }) => path)).toContain('ssh.connectTimeoutSeconds');
  const open = numbers.filter(
    ({ part: { minimum, exclusiveMinimum, maximum = Infinity } }) =>
      (minimum ?? exclusiveMinimum) === undefined || maximum >= Number.MAX_SAFE_INTEGER,
  );
  expect(open.map(({ path }) => path)).toEqual([]);
  const times = numbers.filter(({ path }) => /Seconds$/.test(path));
  expect(times.filter(({ part: { maximum = Infinity } }) => maximum * 1000 > 2 ** 31 - 1)).toEqual([]);
});
