import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPlan, writePlan } from '../../../src/cli/plan/file.js';
import type { PlanContent } from '../../../src/model/plan.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'plan.json');
const content: PlanContent = {
  kinit: '0.1.0',
  spec: {},
  run: { hosts: ['n1'], skip: [], only: [], ignorePreflight: [] },
  hosts: [],
};

test('a plan comes back as it was written, from a file of mode 600', async () => {
  await writePlan(file, content, '/srv/inventory.yaml');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readPlan(file)).toMatchObject({ inventory: '/srv/inventory.yaml', content });
});

test('a plan that was edited is refused', async () => {
  await writePlan(file, content, '/srv/inventory.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"n1"', '"n2"'));
  await expect(readPlan(file)).rejects.toMatchObject({
    exitCode: 10,
    message: expect.stringContaining('was changed after kinit wrote it') as string,
  });
});

test.each([
  ['no JSON', 'hello', 'it is not JSON'],
  ['another file', '{"format":"x"}', 'format: not as kinit plan --out writes it'],
  ['JSON of another shape', '[]', 'it is not what kinit plan --out writes'],
])('%s is a usage error', async (_what, text, found) => {
  writeFileSync(file, text);
  await expect(readPlan(file)).rejects.toMatchObject({ exitCode: 10, context: { found } });
});

test('what is said of a folder goes for every command that reads a plan', async () => {
  await expect(readPlan(folder)).rejects.toMatchObject({
    exitCode: 12,
    context: { found: 'it is a folder', hint: 'Name a file that you may read.' },
  });
});

test('a file that is not there is a usage error with the next step', async () => {
  await expect(readPlan(join(folder, 'none'))).rejects.toMatchObject({
    exitCode: 10,
    context: { hint: expect.stringContaining('kinit plan --out') as string },
  });
});
