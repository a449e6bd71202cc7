import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { confirmOutputs, type Output } from '../../../src/cli/files/outputs.js';
import { main } from '../../../src/cli/main.js';
import { writePlan } from '../../../src/cli/plan/file.js';
import { doctorPage } from '../../../src/cli/render/files/doctor-page.js';
import { renderJunit } from '../../../src/cli/render/files/junit.js';
import { timelinePage } from '../../../src/cli/render/files/timeline/page.js';
import { newRecord } from '../../../src/cli/render/record.js';
import { bundle } from '../../../src/doctor/index.js';
import type { LoadedInventory } from '../../../src/model/spec.js';
import { fakeIo } from '../fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
// The engine is large; on a busy machine it takes its time to load.
beforeAll(async () => void (await import('../../../src/engine/index.js')), 60_000);

const inventory = join(folder, 'inventory.yaml');
const text = `hosts: [{ name: a, address: 192.0.2.1, roles: [control-plane] }]
ssh: { identityFile: key }
`;
beforeEach(() => {
  writeFileSync(inventory, text);
  writeFileSync(join(folder, 'key'), 'private');
  writeFileSync(join(folder, 'notes'), 'mine');
  mkdirSync(join(folder, 'sub'), { recursive: true });
});
symlinkSync(inventory, join(folder, 'link'));

async function kinit(words: string): Promise<{ code: number; err: string }> {
  const io = fakeIo();
  const full = words.split(' ').map((word) => word.replace(/^@/, `${folder}/`));
  return { code: await main([...full, '-i', inventory], io), err: io.err() };
}

test.each([
  ['plan --out @inventory.yaml', 10, '--out names the inventory'],
  ['plan --yes --out @link', 10, '--out names the inventory'],
  ['init --yes --junit @inventory.yaml', 10, '--junit names the inventory'],
  ['plan --yes --out @key', 10, 'which the inventory needs as ssh.identityFile'],
  ['plan --junit @x --timeline @sub/../x', 10, '--junit and --timeline name the same file'],
  ['doctor --html @x --bundle @x', 10, '--html and --bundle name the same file'],
  ['plan --out @notes', 10, 'notes exists, and is not a plan of kinit. Replace it?'],
  ['check --junit @notes', 10, 'notes exists, and is not a JUnit report of kinit'],
  ['reset --yes --timeline @sub', 12, '--timeline: '],
  ['certs rotate-ca --junit @notes', 10, 'is not a JUnit report'],
  ['datastore migrate --junit @notes', 10, 'is not a JUnit report'],
  ['doctor --bundle @notes', 10, 'notes exists, and is not a bundle of kinit doctor'],
  ['doctor --html @notes/page.html', 12, 'notes is no folder'],
  ['datastore backup --file @sub', 12, 'it is a folder'],
  ['kubeconfig --out @sub', 12, 'Name another file with --out.'],
  ['kubeconfig --out @inventory.yaml', 10, '--out names the inventory'],
  ['upgrade --snapshot @notes', 12, 'Name another folder with --snapshot.'],
  ['artifacts bundle @notes', 10, 'notes exists, and is not a bundle of kinit'],
  ['artifacts bundle @sub', 12, 'it is a folder'],
  ['adopt 192.0.2.1 -i @notes', 10, '--inventory can be given only once'],
])('kinit %s is refused before a host is asked, and nothing is written', async (words, code, said) => {
  expect(await kinit(words)).toEqual({ code, err: expect.stringContaining(said) as string });
  expect([inventory, join(folder, 'key'), join(folder, 'notes')].map((file) => readFileSync(file, 'utf8'))).toEqual([
    text,
    'private',
    'mine',
  ]);
});

test('adopt sees what is there before it connects', async () => {
  expect(await kinit('adopt 192.0.2.1')).toMatchObject({
    code: 10,
    err: expect.stringContaining('is there already') as string,
  });
});

const evidence = { takenAt: 't', hosts: [] } as unknown as Parameters<typeof bundle>[1];
const report = { cluster: 'c', takenAt: 't', well: true, findings: [], checks: [] } as unknown as Parameters<
  typeof bundle
>[0];

test.each<[Output['kind'], (file: string) => Promise<void>]>([
  ['plan', (file) => writePlan(file, { kinit: '1', spec: {}, hosts: [] } as never, inventory)],
  [
    'junit',
    (file) =>
      Promise.resolve(
        writeFileSync(file, renderJunit(newRecord(), { command: 'plan', seconds: 1, changesFail: false })),
      ),
  ],
  ['page', (file) => Promise.resolve(writeFileSync(file, timelinePage([], 'init')))],
  ['page', (file) => Promise.resolve(writeFileSync(file, doctorPage(report)))],
  ['evidence', async (file) => writeFileSync(file, await bundle(report, evidence))],
])('an older %s of kinit is written over without a question, and only as what it is', async (kind, write) => {
  const file = join(folder, 'older');
  await write(file);
  const confirm = (asked: Output['kind']): Promise<void> =>
    confirmOutputs(
      [{ option: '--x', file, kind: asked }],
      { spec: {} } as LoadedInventory,
      { yes: false },
      {
        io: fakeIo(),
        command: 'x',
        signal: new AbortController().signal,
      },
    );
  await confirm(kind);
  await expect(confirm(kind === 'plan' ? 'junit' : 'plan')).rejects.toMatchObject({ exitCode: 10 });
});
