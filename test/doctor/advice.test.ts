import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causes } from '../../src/doctor/causes/index.js';
import { PROVOCATIONS, SWAP_ON } from '../e2e/support/provocations.js';

/** Causes whose advice a test of its own follows: the file, and a piece of the test's title or of what it is told. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, title: string]>> = {
  leftovers: ['leftovers', 'set aside, both work'],
  renamed: ['addresses', 'a host that somebody renamed'],
  'balancer-down': ['cluster', 'balancer-down: what the doctor advises'],
  'datastore-gone': ['datastore', 'there are none of the data of SQLite'],
  'datastore-torn': ['datastore', 'the data of SQLite are damaged'],
  hangs: ['ha', "cause: 'hangs'"],
  'server-down': ['embedded', "cause: 'server-down'"],
  'sqlite-slow-disk': ['embedded', "cause: 'sqlite-slow-disk'"],
  'node-gone': ['doctor', 'node-gone: a machine that lost its power'],
};

/** What they advise is to look: they are told where no other cause is known. */
const LOOK_ONLY = ['api-down', 'node-not-ready'];

test.each(causes.map(({ name }) => name))('what the doctor advises about %s is followed by a test', (name) => {
  const provoked = [...PROVOCATIONS, SWAP_ON].some(({ cause }) => cause === name);
  if (provoked || LOOK_ONLY.includes(name)) return;
  const [file = '', title = ''] = ELSEWHERE[name] ?? [];
  expect(readFileSync(new URL(`../e2e/${file}.e2e.test.ts`, import.meta.url), 'utf8')).toContain(title);
});
