import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventsReference, eventsSchema, lineSchema } from '../../../src/cli/reference/events.js';

const docs = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

test('docs/events.md and docs/events.schema.json are what the schema says (npm run docs writes them)', () => {
  expect(docs('events.md')).toBe(eventsReference());
  expect(JSON.parse(docs('events.schema.json'))).toEqual(eventsSchema());
});

test('a line has a type, a time and no field that is not documented', () => {
  const time = '2026-01-02T03:04:05.678Z';
  expect(lineSchema.safeParse({ type: 'warning', text: 'x', time }).success).toBe(true);
  expect(lineSchema.safeParse({ type: 'warning', text: 'x' }).success).toBe(false);
  expect(lineSchema.safeParse({ type: 'warning', text: 'x', time, more: 1 }).success).toBe(false);
  expect(lineSchema.safeParse({ type: 'error', message: 'x', exitCode: 12, class: 'access' }).success).toBe(true);
  expect(lineSchema.safeParse({ type: 'error', message: 'x', exitCode: 12, class: 'unheard-of' }).success).toBe(false);
});
