import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parse } from 'yaml';
// A template registers when the kind that owns it is loaded; the phases load every kind there is.
import '../../src/phases/index.js';
import { allTemplates, template } from '../../src/templates/template.js';

const HELPERS = new Set(['yaml', 'quoted']);

const SRC = new URL('../../src/', import.meta.url);
const NAMED = allTemplates().map((each) => [basename(fileURLToPath(each.file)), each] as const);

test('every .hbs file has a renderer', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hbs'));
  expect(
    allTemplates()
      .map(({ file }) => file.href)
      .filter((href) => href.startsWith(SRC.href))
      .sort(),
  ).toEqual(files.map((name) => new URL(name, SRC).href).sort());
});

test.each(NAMED)('%s uses only what its view has', (_name, { source, schema }) => {
  expect(unknownPaths(Handlebars.parse(source), schema)).toEqual([]);
});

test.each(NAMED)('%s uses everything its view has', (_name, { source, schema }) => {
  const used = new Set<string>();
  unknownPaths(Handlebars.parse(source), schema, used);
  expect(Object.keys(schema instanceof z.ZodObject ? schema.shape : {}).filter((key) => !used.has(key))).toEqual([]);
});

test('the check itself finds a missing key, inside of conditions and loops too', () => {
  const schema = z.strictObject({ items: z.array(z.strictObject({ name: z.string() })), text: z.string().optional() });
  const source =
    '{{#if txt}}{{yaml text}}{{/if}}{{#each items}}{{this.nam}}{{#if this.size}}x{{/if}}{{/each}}{{unknown text}}';
  expect(unknownPaths(Handlebars.parse(source), schema)).toEqual(['txt', 'this.nam', 'this.size', 'unknown']);
});

test('values that YAML would read as something else are quoted', () => {
  const render = template(new URL('./quoting.hbs', import.meta.url), z.strictObject({ value: z.string() }));
  for (const value of ['on', 'null', '1e3', 'a: b', '- a', "it's", 'x #y', '*star', '', 'two\nlines', '{a}', '&<>"']) {
    expect(parse(render({ value }))).toEqual({ key: value });
  }
});

/** Paths in a template that its view does not have. Collects top-level keys in `used`. */
function unknownPaths(program: hbs.AST.Program, schema: z.ZodType, used = new Set<string>()): string[] {
  const look = (path: hbs.AST.PathExpression): string[] => {
    if (path.parts[0] !== undefined) used.add(String(path.parts[0]));
    return path.data || resolve(schema, path.parts.map(String)) !== undefined ? [] : [path.original];
  };
  return program.body.flatMap((node): string[] => {
    if (node.type === 'MustacheStatement') {
      const { path, params } = node as hbs.AST.MustacheStatement;
      if (params.length === 0) return look(path as hbs.AST.PathExpression);
      const name = (path as hbs.AST.PathExpression).original;
      return [
        ...params.flatMap((param) => look(param as hbs.AST.PathExpression)),
        ...(HELPERS.has(name) ? [] : [name]),
      ];
    }
    if (node.type === 'BlockStatement') {
      const { path, params, program: inner, inverse } = node as hbs.AST.BlockStatement;
      const subject = params[0] as hbs.AST.PathExpression;
      const target = resolve(schema, subject.parts.map(String));
      const below =
        path.original === 'each' ? (target instanceof z.ZodArray ? (target.element as z.ZodType) : undefined) : schema;
      const insideUsed = path.original === 'each' ? new Set<string>() : used;
      const found = look(subject);
      if (below === undefined) return found;
      return [
        ...found,
        ...unknownPaths(inner, below, insideUsed),
        ...((inverse as hbs.AST.Program | undefined) === undefined ? [] : unknownPaths(inverse, schema, used)),
      ];
    }
    return [];
  });
}

function resolve(schema: z.ZodType, parts: readonly string[]): z.ZodType | undefined {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  const [head, ...rest] = parts;
  if (head === undefined) return inner;
  if (inner instanceof z.ZodArray) return head === 'length' ? z.number() : undefined;
  const next = inner instanceof z.ZodObject ? (inner.shape[head] as z.ZodType | undefined) : undefined;
  return next === undefined ? undefined : resolve(next, rest);
}
