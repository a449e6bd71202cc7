import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';

/** What runs as it stands: no compiler finds out that a name has gone. */
const root = new URL('..', import.meta.url);
const files = ['bench', 'scripts'].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `${folder}/${name}`),
);
const imports = files.flatMap((file) =>
  [
    ...readFileSync(new URL(file, root), 'utf8').matchAll(
      /\{ ([^}]+) \} (?:from|= await import\() ?'\.\.\/dist\/([^']+)\.js'/g,
    ),
  ].map(([, names = '', path = '']) => ({ file, names: names.split(', '), path })),
);

test.each(imports)('$file imports from $path what is there', async ({ names, path }) => {
  const module = (await import(new URL(`src/${path}.ts`, root).href)) as object;
  expect(Object.keys(module)).toEqual(expect.arrayContaining(names));
});

test('every file of end-to-end tests stands in one lane', () => {
  const names = readdirSync(new URL('e2e', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.e2e.test.ts'))
    .map((file) => basename(file, '.e2e.test.ts'));
  const lanes = readFileSync(new URL('scripts/lib/lanes.js', root), 'utf8');
  const listed = [...(/LANES = \{([^}]*)\}/.exec(lanes)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual(names.sort());
});

test('they were found', () => {
  expect(imports.length).toBeGreaterThan(5);
});
