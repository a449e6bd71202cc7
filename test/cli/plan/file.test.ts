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
  ['no JSON', 'hello'],
  ['another file', '{"format":"x"}'],
])('%s is a usage error', async (_what, text) => {
  writeFileSync(file, text);
  await expect(readPlan(file)).rejects.toMatchObject({ exitCode: 10 });
});

test('a file that is not there is a usage error with the next step', async () => {
  await expect(readPlan(join(folder, 'none'))).rejects.toMatchObject({
    exitCode: 10,
    context: { hint: expect.stringContaining('kinit plan --out') as string },
  });
});
