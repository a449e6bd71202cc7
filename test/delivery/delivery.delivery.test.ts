import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeLab, findLab } from '../../src/lab/index.js';
import { all, failuresOf, kinitEvents, lab, only, type LabHandle } from '../e2e/support/kinit.js';
import type { Content } from '../e2e/support/origin/files.js';
import { startOrigin, type Origin } from '../e2e/support/origin/origin.js';
import { takeOwnPrograms } from '../e2e/support/origin/own-programs.js';
import { knowOrigin } from '../e2e/support/origin/server.js';
import { changedInventory } from '../e2e/support/running.js';

const HOST = 'node1';

/**
 * A bare host without a way out becomes a cluster, fetching for itself, under the official names, from this machine; the operator's kinit fetches
 * the same files there once, through a proxy, for their checksums. npm run test:delivery.
 */
let cluster: LabHandle;
let origin: Origin;
let folder: string;
let inventory: string;
/** What the origin gives in the place of a file. */
const instead = new Map<string, Content>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinit-delivery-'));
  await takeOwnPrograms(join(folder, 'cache', 'kinit', 'store'));
  cluster = await lab('delivery', { hosts: 1 });
  // Packages of the distribution lie in the lab's image.
  origin = await startOrigin(await closeLab(await findLab(cluster.name)), join(folder, 'origin'), instead);
  await cluster.sh(HOST, knowOrigin(origin));
  inventory = await changedInventory(
    cluster,
    'pull',
    (text) => `${text}\nartifacts: {source: official, delivery: pull}\n`,
  );
});

afterAll(async () => {
  await cluster.down();
  await origin.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: readonly string[]): ReturnType<typeof kinitEvents> =>
  kinitEvents([...args, '-i', inventory], {
    env: {
      XDG_CACHE_HOME: join(folder, 'cache'),
      HTTPS_PROXY: origin.proxy,
      NODE_EXTRA_CA_CERTS: origin.certificates.caFile,
    },
  });

const exists = async (path: string): Promise<boolean> =>
  (await cluster.sh(HOST, `test -e ${path}`, { reject: false })).code === 0;

/** A file that the operator's kinit has fetched, by host and path. */
function fetched(pattern: RegExp): string {
  const asked = origin.requests.map((request) => request.replace(/^GET /, ''));
  return asked.find((path) => pattern.test(path)) ?? `none like ${String(pattern)} among ${asked.join(', ')}`;
}

test('a whole init: the host has fetched its programs and images for itself', async () => {
  const from = origin.direct.length;
  const result = await run(['init']);
  expect({
    code: result.code,
    failed: failuresOf(result.events),
    stderr: result.code === 0 ? '' : result.stderr,
  }).toEqual({ code: 0, failed: [], stderr: '' });
  expect(await cluster.kubectl('get nodes --no-headers')).toMatch(/^node1 +Ready /);
  const byHost = origin.direct.slice(from).join('\n');
  for (const path of [
    /\/kubelet$/m,
    /\/kubectl$/m,
    /\/containerd-static-.*\.tar\.gz$/m,
    / registry\.k8s\.io\/v2\/etcd\/blobs\//,
  ])
    expect(byHost).toMatch(path);
  const again = await run(['init']);
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

test('reset takes what was fetched away', async () => {
  expect((await run(['reset', '--yes'])).code).toBe(0);
  for (const path of ['/usr/local/bin/kubelet', '/usr/local/bin/containerd', '/var/lib/kinit'])
    expect({ path, there: await exists(path) }).toEqual({ path, there: false });
});

test.each([
  ['a program', /^dl\.k8s\.io\/.*\/kubelet$/, '/usr/local/bin/kubelet'],
  ['an archive', /^github\.com\/containerd\/.*\.tar\.gz$/, '/usr/local/bin/containerd'],
])(
  '%s that is another one by the time the host asks for it is refused there, and not put in its place',
  async (_, pattern, path) => {
    const file = fetched(pattern);
    instead.set(file, { text: 'something else\n' });
    const { code, events } = await run(['init', '--only', 'packages,binaries']);
    instead.clear();
    const said = all(events, 'phase-failed').map(({ message, error }) => `${message}\n${error.found ?? ''}`);
    expect({ code, said: said.join('\n') }).toEqual({
      code: 14,
      said: expect.stringContaining(`what https://${file} gave is not the file it should be: its sha256 is `) as string,
    });
    expect(await exists(path)).toBe(false);
  },
);
