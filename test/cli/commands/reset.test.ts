import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { fakeIo } from '../fake-io.js';

vi.mock('../../../src/engine/index.js', async (original) => ({
  ...(await original<object>()),
  resetHosts: () => Promise.resolve({ changes: 1, failedHosts: [] }),
}));
// The engine is large; on a busy machine it takes its time to load.
beforeAll(async () => void (await import('../../../src/engine/index.js')), 60_000);

const folder = mkdtempSync(join(tmpdir(), 'kinit-reset-'));
afterAll(() => rmSync(folder, { recursive: true }));

function inventory(roles: Readonly<Record<string, string>>): string {
  const file = join(folder, `${Object.values(roles).join('-')}.yaml`);
  const hosts = Object.entries(roles).map(
    ([name, role], index) => `  - { name: ${name}, address: 192.0.2.${String(index + 1)}, roles: [${role}] }`,
  );
  writeFileSync(file, `name: demo\nhosts:\n${hosts.join('\n')}\n`);
  return file;
}
const one = inventory({ c1: 'control-plane', w1: 'worker', w2: 'worker' });
const three = inventory({ c1: 'control-plane', c2: 'control-plane', c3: 'control-plane', w1: 'worker' });

const ALL = 'all data of cluster demo are lost';
const PART = 'what these hosts hold of cluster demo are lost';

test.each([
  ['the only control plane', one, ['c1'], `${ALL}: no control plane stays. Left without one: w1, w2;`],
  ['all control planes', three, ['c1', 'c2', 'c3'], `${ALL}: no control plane stays. Left without one: w1;`],
  ['the whole inventory', one, [], `${ALL}.`],
  ['every host by name', one, ['w2', 'w1', 'c1'], `${ALL}.`],
  ['a worker', one, ['w1'], PART],
  ['two of three control planes', three, ['c1', 'c2'], PART],
])('reset of %s says what is lost', async (_what, file, hosts, said) => {
  const io = fakeIo();
  expect(await main(['reset', ...hosts, '-i', file], io)).toBe(10);
  expect(io.err()).toContain(said);
});

test.each([
  [['c1'], true],
  [['w1'], false],
  [[], false],
])('with --yes, reset %j warns: %s', async (hosts, warned) => {
  const io = fakeIo();
  expect(await main(['reset', ...hosts, '--yes', '-i', one, '-o', 'json'], io)).toBe(0);
  const warning = io
    .out()
    .split('\n')
    .find((line) => line.includes('"warning"'));
  if (warned) expect(warning).toContain('Left without one: w1, w2;');
  else expect(warning).toBeUndefined();
});
