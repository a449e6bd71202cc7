import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { codeOf, type CodeName } from '../../src/cli/arguments/exit-codes.js';
import { commands } from '../../src/cli/commands/index.js';
import { main } from '../../src/cli/main.js';
import type { RunOptions } from '../../src/engine/index.js';
import { EXIT_CODES, RESULT_CODES } from '../../src/model/error.js';
import { fakeIo } from './fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-codes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const docs = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');

/** What the engine finds in the test at hand. */
let checks: readonly ('ok' | 'warning' | 'error')[] = [];
let podsWell = true;
vi.mock('../../src/engine/index.js', async (original) => {
  const pod = (): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd' },
    status: { phase: podsWell ? 'Succeeded' : 'Pending' },
  });
  const node = {
    metadata: { name: 'a' },
    status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: {} },
    spec: {},
  };
  const api = {
    request: (method: string) =>
      Promise.resolve({ status: method === 'DELETE' ? 404 : 200, body: { gitVersion: 'v1' } }),
    list: (_version: string, kind: string) => Promise.resolve(kind === 'Pod' ? [pod()] : kind === 'Node' ? [node] : []),
    get: () => Promise.resolve(undefined),
    delete: () => Promise.resolve(false),
  };
  const row = (status: string): object => ({ name: status, title: status, status, found: 'x' });
  return {
    ...(await original<object>()),
    runCluster: ({ emit, command }: RunOptions) => {
      for (const status of checks) emit({ type: 'check', host: 'a', check: row(status) as never });
      if (command === 'plan')
        emit({
          type: 'change-planned',
          host: 'a',
          phase: 'swap',
          change: { resource: 'swap', action: 'run', summary: 's', reason: 'r' },
        });
      return Promise.resolve({ changes: 1, failedHosts: [] });
    },
    runDoctor: () =>
      Promise.resolve({
        report: {
          cluster: 'c',
          takenAt: 't',
          well: !checks.includes('error'),
          findings: [],
          checks: checks.map((status) => ({ host: 'a', check: row(status) })),
        },
        evidence: {},
      }),
    withCluster: (_options: unknown, use: (cluster: unknown) => unknown) =>
      Promise.resolve(use({ api, endpoint: 'e', certificates: [] })),
  };
});

// The engine is large; on a busy machine it takes its time to load.
beforeAll(async () => void (await import('../../src/engine/index.js')), 60_000);

async function kinit(words: string): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo();
  const code = await main(words.split(' '), io);
  return { code, out: io.out(), err: io.err() };
}

function inventory(text: string): string {
  const file = join(folder, `${String(text.length)}.yaml`);
  writeFileSync(file, text);
  return file;
}
const good = inventory('hosts:\n  - { name: a, address: 192.0.2.1, roles: [control-plane] }\n');

test('docs/exit-codes.md names every class and every result with its code', () => {
  const rows = [...docs.matchAll(/^\| (\d+) +\| (?:`([a-z]+)`)? +\|/gm)].map(([, code, name]) => [Number(code), name]);
  expect(rows).toEqual([
    [0, undefined],
    ...Object.entries({ ...EXIT_CODES, ...RESULT_CODES })
      .map(([name, code]) => [code, name in EXIT_CODES ? name : undefined] as const)
      .sort(([a], [b]) => a - b),
  ]);
});

const declared = Object.assign({}, ...commands.map(({ exitCodes }) => exitCodes)) as Readonly<
  Record<string, readonly CodeName[]>
>;

test('docs/exit-codes.md says of every command how it may end', () => {
  const always = ['internal', 'usage', 'interrupted'];
  const rows = Object.entries(declared).map(([command, names]) => {
    const own = names.filter((name) => !always.includes(name)).map((name) => String(codeOf(name)));
    return [command, own.join(', ')];
  });
  const documented = [...docs.matchAll(/^\| `([a-z -]+)` +\| ([\d, ]*?) *\|$/gm)].map(([, command, codes]) => [
    command,
    codes,
  ]);
  expect(documented).toEqual(rows);
});

test.each(Object.entries(declared))('kinit %s --help names its codes', async (command, names) => {
  const { out } = await kinit(`${command} --help`);
  const text = out.slice(out.indexOf('Exit codes: 0 done')).replace(/\s+/g, ' ');
  for (const name of names) expect(text).toMatch(new RegExp(`; ${String(codeOf(name))} `));
});

test.each<[string, readonly ('ok' | 'warning' | 'error')[], number]>([
  ['check', ['ok', 'ok'], 0],
  ['check', ['ok', 'warning'], 0],
  ['check --exit-code', ['ok', 'ok'], 0],
  ['check --exit-code', ['ok', 'warning'], 4],
  ['check', ['warning', 'error'], 13],
  ['check --exit-code', ['warning', 'error'], 13],
  ['doctor', ['ok', 'warning'], 0],
  ['doctor --exit-code', ['ok', 'ok'], 0],
  ['doctor --exit-code', ['ok', 'warning'], 4],
  ['doctor', ['warning', 'error'], 3],
  ['doctor --exit-code', ['warning', 'error'], 3],
  ['plan', [], 0],
  ['plan --exit-code', [], 2],
  ['init --dry-run', [], 0],
  ['init', [], 0],
  ['token delete abcdef', [], 5],
])('kinit %s, where checks are %j: %i', async (words, found, code) => {
  checks = found;
  expect(await kinit(`${words} -i ${good}`)).toMatchObject({ code });
  expect(await kinit(`${words} -i ${good} -o json`)).toMatchObject({ code });
});

test.each([
  [true, 0],
  [false, 3],
])('kinit status, pods well: %s: %i', async (well, code) => {
  podsWell = well;
  expect(await kinit(`status -i ${good}`)).toMatchObject({ code });
});

/** What a command needs, or reads an inventory only with. */
const WITH: Readonly<Record<string, string>> = {
  'token delete': ' abcdef',
  'artifacts list': ' --origin',
  'datastore backup': ' --file f',
  'datastore restore': ' f',
};
const reaching = Object.keys(declared).filter((command) => declared[command]?.includes('inventory'));

test.each(reaching)('kinit %s: an inventory that is wrong or missing is 11, a wrong option 10', async (command) => {
  const words = `${command}${WITH[command] ?? ''}`;
  if (command === 'apply' || command === 'adopt') return;
  expect(reaching.length).toBeGreaterThan(10);
  const wrong = inventory('hosts: nonsense\n');
  expect((await kinit(`${words} -i ${wrong}`)).code).toBe(11);
  expect((await kinit(`${words} -i ${folder}/nowhere.yaml`)).code).toBe(11);
  expect((await kinit(`${words} --no-such-option`)).code).toBe(10);
});
