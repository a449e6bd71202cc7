import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findGo, type Go } from '../../../src/artifacts/build/go.js';
import { listArtifacts } from '../../../src/artifacts/list.js';
import { foreseenOwnImages, ownImages, type OwnOptions } from '../../../src/artifacts/own/own.js';
import { packOwn, removePacked } from '../../../src/artifacts/own/pack.js';
import { packedFile } from '../../../src/artifacts/own/packed.js';
import { pruneArtifacts } from '../../../src/artifacts/store/prune.js';
import { packedFolder, storedFile } from '../../../src/artifacts/store/paths.js';
import { ownSupply } from '../../../src/artifacts/supply.js';
import { SUPPLY } from '../../../src/engine/supply.js';
import { isStored } from '../../../src/artifacts/store/store.js';
import { fakeTools, sha256, temporaryCache } from '../support.js';

vi.mock(import('../../../src/artifacts/store/paths.js'), async (original) => ({
  ...(await original()),
  packedFolder: vi.fn(),
}));
vi.mock(import('../../../src/artifacts/build/go.js'), async (original) => {
  const real = await original();
  return { ...real, findGo: vi.fn(real.findGo) };
});

const NAME = 'serving-approver';
const said: string[] = [];
let cache: string;
let tools: ReturnType<typeof fakeTools>;

function options(arch: OwnOptions['arch'] = 'amd64'): OwnOptions {
  const emit: OwnOptions['emit'] = (event) => {
    if (event.type === 'warning') said.push(event.text);
  };
  return { supply: SUPPLY, kubernetesVersion: '1.36.3', arch, emit, signal: new AbortController().signal };
}

beforeEach(() => {
  said.length = 0;
  const packages = mkdtempSync(join(tmpdir(), 'kinit-packed-'));
  vi.mocked(packedFolder).mockReturnValue(join(packages, 'prebuilt'));
  cache = temporaryCache();
  tools = fakeTools(cache);
});
afterEach(() => {
  rmSync(join(packedFolder(), '..'), { recursive: true, force: true });
});

/** What a package brings, and then another machine with nothing in its store and no Go. */
async function installed(): Promise<void> {
  await packOwn(options());
  cache = temporaryCache();
  vi.mocked(findGo).mockResolvedValue(undefined);
}
afterEach(() => {
  vi.mocked(findGo).mockReset();
});
beforeEach(async () => {
  const real = await vi.importActual<{ findGo: () => Promise<Go | undefined> }>('../../../src/artifacts/build/go.js');
  vi.mocked(findGo).mockImplementation(real.findGo);
});

test("what is kinit's own needs neither a C compiler nor a distribution's packages: every machine can make it", () => {
  const { components, images } = ownSupply(SUPPLY);
  expect(images.map(({ name }) => name)).toContain(NAME);
  expect(components.map(({ name }) => name)).toContain(NAME);
  expect(components.flatMap(({ cgo }) => cgo)).toEqual([]);
  expect(components.filter(({ module }) => module !== undefined)).toEqual([]);
  expect(images.flatMap(({ build }) => build.packages)).toEqual([]);
});

test('a package is enough: no Go, and a plan knows the very digests that an init then has', async () => {
  await installed();
  const foreseen = await foreseenOwnImages(options());
  const [image] = foreseen;
  expect(image).toMatchObject({ name: NAME, on: 'control-plane', digest: expect.stringMatching(/^sha256:/) as string });
  expect(await isStored(image?.archive ?? { sha256: '', size: 0 })).toBe(false);
  const made = await ownImages(options());
  expect(made).toEqual(foreseen);
  expect(sha256(readFileSync(made[0]?.archive?.localFile ?? ''))).toBe(image?.archive?.sha256);
  expect(said).toEqual([]);
});

test('a program of the package that is not what was packed is refused, and nothing is kept of it', async () => {
  await installed();
  const file = packedFile(NAME, 'amd64');
  writeFileSync(file, readFileSync(file).subarray(0, 5));
  await expect(ownImages(options())).rejects.toMatchObject({
    message: `${NAME} of this kinit package is damaged`,
    context: { class: 'artifact', hint: 'Install kinit again.' },
  });
  const other = await ownImages({ ...options('arm64') });
  expect(other).toEqual([]);
});

test('a package of other sources is not taken for these', async () => {
  await packOwn(options());
  const manifest = join(packedFolder(), 'linux-amd64.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"inputs": "[0-9a-f]{6}/, '"inputs": "000000'));
  cache = temporaryCache();
  const before = tools.calls().length;
  await ownImages(options());
  expect(tools.calls()).toHaveLength(before + 1);
});

test('a checkout: Go builds it once, also for two that ask at once; a plan builds nothing', async () => {
  expect((await foreseenOwnImages(options()))[0]).toMatchObject({ name: NAME, archive: { sha256: '' } });
  expect(tools.calls()).toEqual([]);
  const [one, other] = await Promise.all([ownImages(options()), ownImages(options())]);
  expect(one).toEqual(other);
  expect(tools.calls()).toHaveLength(1);
  expect(await foreseenOwnImages(options())).toEqual(one);
  // What was built stays of use where Go has gone.
  vi.mocked(findGo).mockResolvedValue(undefined);
  expect(await ownImages(options())).toEqual(one);
  expect(said).toEqual([]);
});

test.each([
  ['no Go', undefined],
  ['a Go that is too old', { command: 'go', version: '1.18.1' }],
])('a checkout and %s: there is none, and what to do is said', async (_what, go) => {
  vi.mocked(findGo).mockResolvedValue(go);
  expect(await foreseenOwnImages(options())).toEqual([]);
  expect(await ownImages(options())).toEqual([]);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^serving-approver: .* no Go 1\.\d+ or newer to build it.*docs\/certificates\.md/);
});

test('it is listed: as the package brings it, then with its image; pruning keeps both', async () => {
  await installed();
  const brought = await listArtifacts();
  expect(brought.map(({ kind, name, arch, present }) => [kind, name, arch, present])).toEqual([
    ['binary', NAME, 'amd64', true],
  ]);
  const [image] = await ownImages(options());
  const listed = async (): Promise<unknown> =>
    (await listArtifacts()).map(({ kind, name, digest, present }) => [kind, name, digest, present]);
  const all = [
    ['binary', NAME, brought[0]?.digest, true],
    ['image', NAME, image?.digest, true],
  ];
  expect(await listed()).toEqual(all);
  await pruneArtifacts();
  expect(await listed()).toEqual(all);
  await removePacked();
  expect(await listed()).toEqual(all);
  expect(readFileSync(storedFile(brought[0]?.digest.slice('sha256:'.length) ?? ''), 'utf8')).toContain('program');
});
