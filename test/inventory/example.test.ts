import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkInventory } from '../../src/inventory/index.js';
import { inventoryOptions } from '../../src/inventory/schema.js';
import { specSchema } from '../../src/inventory/spec-schema.js';

const FILE = new URL('../../inventory.example.yaml', import.meta.url);

/** The example with every option that is commented out switched on ('#key:', against '# prose'). */
async function everything(): Promise<unknown> {
  const text = await readFile(FILE, 'utf8');
  const switchedOn = text.replaceAll(/^( *)#(?=\S| {2,}\S)/gm, '$1');
  return parse(
    switchedOn
      .replace(/^  regist\w+: \[\]\n/gm, '')
      .replace('repositories: []', 'repositories:')
      .replace('sudo: {}', 'sudo:')
      .replace('requirements: {}', 'requirements:'),
  ) as unknown;
}

/** Paths of options that stand in data: 'hosts[].name'. */
function present(data: unknown, prefix = ''): string[] {
  if (Array.isArray(data)) return data.flatMap((entry) => present(entry, `${prefix}[]`));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...present(value, path)];
  });
}

test('the example is valid as it stands', async () => {
  expect(await checkInventory(FILE.pathname)).toEqual([]);
});

test('every option stands in the example', async () => {
  const there = new Set(present(await everything()));
  expect(
    inventoryOptions()
      .map(({ path }) => path)
      .filter((path) => !there.has(path)),
  ).toEqual([]);
});

test('the example is valid with every option switched on', async () => {
  expect(specSchema.safeParse(await everything()).error?.issues ?? []).toEqual([]);
});

test('outside hosts the example shows the defaults', async () => {
  const data = specSchema.parse(parse(await readFile(FILE, 'utf8')));
  expect(data).toEqual(specSchema.parse({ hosts: data.hosts }));
});
