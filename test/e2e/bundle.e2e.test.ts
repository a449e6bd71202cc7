import { mkdtemp, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, kinit, kinitOk, lab, type KinitResult, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';
import { EMBEDDED, shape } from './support/shapes.js';

const HOST = 'node1';

let cluster: LabHandle;
let folder: string;
let inventory: string;
let bundleFile: string;

/** An operator with an empty store, no Go, and no way out but to the hosts. */
const offline = (...args: string[]): Promise<KinitResult> =>
  kinit([...args, '-i', inventory], {
    env: {
      XDG_CACHE_HOME: join(folder, 'cache'),
      PATH: '/usr/bin:/bin',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
    timeoutSeconds: 600,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-bundle-'));
  bundleFile = join(folder, 'all.tar.br');
  cluster = await lab('bundle', { hosts: 1, cpus: 1, memory: '1G' });
  shape(EMBEDDED, cluster.inventory);
  inventory = await changedInventory(
    cluster,
    'bundle',
    (text) => `${text}\nartifacts: { source: bundle, bundleFile: ${bundleFile} }\n`,
  );
});

afterAll(async () => {
  await cluster.down();
  await rm(folder, { recursive: true, force: true });
});

test('one file has all that the host gets, compressed', async () => {
  await kinitOk(['artifacts', 'bundle', '-i', inventory], { timeoutSeconds: 1800 });
  const { size } = await stat(bundleFile);
  console.log(`bundle of the embedded form: ${(size / 1_000_000).toFixed(1)} MB`);
  expect((await stat(bundleFile)).mode & 0o777).toBe(0o644);
});

test('a file that was cut on its way, and one that is not there, end init before the host is changed', async () => {
  const { size } = await stat(bundleFile);
  const tail = await lastBytes(bundleFile, 1000);
  await truncate(bundleFile, size - 1000);
  const { code, stderr } = await offline('init');
  expect({ code, stderr }).toEqual({
    code: 18,
    stderr: expect.stringMatching(/bundle of programs and images cannot be read[^]*unexpected end of file/) as string,
  });
  expect(
    (await cluster.sh(HOST, 'ls /usr/local/bin /etc/kubernetes 2> /dev/null', { reject: false })).stdout,
  ).not.toMatch(/kinit|containerd|pki/);
  const file = await open(bundleFile, 'a');
  await file.writeFile(tail);
  await file.close();
});

test('init makes the cluster of it, without a network and without Go; run again, it changes nothing', async () => {
  const { code, stderr } = await offline('init');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  await eventually('all pods run', 120, async () =>
    /^(\S+ +\S+ +(\d+)\/\2 +Running.*\n?)+$/.test(await cluster.kubectl('get pods -A --no-headers')) ? true : undefined,
  );
  const again = await offline('init');
  expect({ code: again.code, said: again.stdout }).toEqual({
    code: 0,
    said: expect.stringMatching(/nothing to change/i) as string,
  });
});

async function lastBytes(path: string, count: number): Promise<Buffer> {
  return (await readFile(path)).subarray(-count);
}
