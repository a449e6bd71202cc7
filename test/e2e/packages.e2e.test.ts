import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { closeLab, findLab } from '../../src/lab/index.js';
import { all, kinit, kinitEvents, lab, type LabHandle } from './support/kinit.js';
import type { Content } from './support/origin/files.js';
import { aptRepository, type Deb } from './support/origin/packages/apt.js';
import { makeSigningKey, type SigningKey } from './support/origin/packages/signing-key.js';
import { knowOrigin, sendContent, startServer, type OriginServer } from './support/origin/server.js';
import { preparedHosts } from './support/prepared.js';
import { changedInventory } from './support/running.js';

const HOST = 'node1';
const folder = mkdtempSync(join(tmpdir(), 'kp-'));
const keyFile = join(folder, 'key', 'public.asc');
/** As it is laid out where Docker publishes, and by a mirror. */
const PLACES = ['download.docker.com/linux/debian', 'mirrors.aliyun.com/docker-ce/linux/debian'];
/** That of Kubernetes' packages of a minor version, likewise. */
const OF_KUBERNETES = [
  'pkgs.k8s.io/core:/stable:/v1.36/deb',
  'mirrors.aliyun.com/kubernetes-new/core/stable/v1.36/deb',
] as const;
const TOOL: Deb = {
  name: 'kinit-test-tool',
  version: '1.2-3',
  files: { '/usr/bin/kinit-test-tool': { text: '#!/bin/sh\n' } },
};

const OF_KUBERNETES_MAKERS: Deb = {
  ...TOOL,
  name: 'kinit-test-kubelet',
  files: { '/usr/bin/kinit-test-kubelet': { text: '#!/bin/sh\n' } },
};

const URL = 'https://download.docker.com/linux/debian';
const SOURCES = '/etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null || :';
const SITE = { name: 'site', url: URL, suites: ['bookworm'], components: ['stable'] };

let cluster: LabHandle;
let origin: OriginServer;
let key: SigningKey;

beforeAll(async () => {
  cluster = await lab('packages', { hosts: 1, snapshot: await preparedHosts() });
  await behindOrigin();
});

afterAll(async () => {
  await cluster.down();
  await origin.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the distribution's own repositories say of themselves: lists that have not changed are not fetched again. */
async function distribution(): Promise<(readonly [string, Content])[]> {
  const { stdout } = await cluster.sh(HOST, 'ls /var/lib/apt/lists | grep InRelease');
  const names = stdout.trim().split('\n');
  return Promise.all(
    names.map(async (name) => {
      const { stdout: text } = await cluster.sh(HOST, `cat /var/lib/apt/lists/${name}`);
      return [name.replaceAll('_', '/'), { text }] as const;
    }),
  );
}

/** The host has no way out but to this machine's repositories. */
async function behindOrigin(): Promise<void> {
  key = await makeSigningKey(join(folder, 'key'), 'Packages of a test');
  await makeSigningKey(join(folder, 'other'), 'Somebody else');
  const debs = [TOOL, { ...TOOL, version: '1.3-1' }];
  const repository = await aptRepository(folder, { suite: 'bookworm', component: 'stable', debs, key });
  const flat = await aptRepository(folder, { debs: [OF_KUBERNETES_MAKERS], key });
  const files = new Map<string, Content>([
    ...(await distribution()),
    ...OF_KUBERNETES.flatMap((place) => [
      [`${place}/Release.key`, { text: key.text }] as const,
      ...[...flat].map(([path, content]) => [`${place}/${path}`, content] as const),
    ]),
    ...PLACES.flatMap((place) => [
      [`${place}/gpg`, { text: key.text }] as const,
      ...[...repository].map(([path, content]) => [`${place}/${path}`, content] as const),
    ]),
  ]);
  origin = await startServer({
    address: await closeLab(await findLab(cluster.name)),
    folder,
    hosts: [...new Set([...files.keys()].map((path) => path.replace(/\/.*/, '')))],
    answer: (host, path, request, response) => sendContent(files.get(`${host}${path}`), request, response),
  });
  await cluster.sh(HOST, knowOrigin(origin));
}

test('a key that did not sign it is named, and nothing is installed', async () => {
  const repositories = [{ ...SITE, keyFile: join(folder, 'other', 'public.asc') }];
  const { code, said } = await init({ repositories, packages: ['kinit-test-tool'] });
  expect({ code, said }).toEqual({
    code: 14,
    said: expect.stringMatching(
      /site cannot be used[^]*NO_PUBKEY[^]*keyFile, keyUrl and fingerprint[^]*taken away again/,
    ) as string,
  });
  const { stdout } = await cluster.sh(
    HOST,
    `ls /etc/apt/keyrings/kinit* /etc/apt/sources.list.d/kinit* 2> /dev/null; dpkg-query -W kinit-test-tool 2> /dev/null || :`,
  );
  // The key is what the inventory says; the repository that it does not fit is away.
  expect(stdout.trim().split('\n')).toEqual(['/etc/apt/keyrings/kinit-site.asc']);
});

test('a version that is not there is told with those that are; key and lists of packages came through the proxy alone', async () => {
  const site = { ...SITE, keyUrl: `${URL}/gpg`, fingerprint: key.fingerprint };
  const [from, direct] = [origin.requests.length, origin.direct.length];
  const { said } = await init({
    repositories: [site],
    proxy: { http: origin.proxy, https: origin.proxy },
    packages: ['kinit-test-tool=9-9'],
  });
  expect(said).toContain('there is no version 9-9; the repositories of this host have 1.2-3, 1.3-1');
  const asked = origin.requests.slice(from);
  expect(asked).toContain('CONNECT download.docker.com:443');
  expect(asked).toContain('GET download.docker.com/linux/debian/gpg');
  expect(asked).toContain('GET download.docker.com/linux/debian/dists/bookworm/InRelease');
  // Of the distribution, over plain HTTP.
  expect(asked).toContainEqual(expect.stringMatching(/^GET deb\.debian\.org\/.*\/InRelease$/));
  expect(origin.direct.slice(direct)).toEqual([]);
});

test('mirrors: cn takes the same from the mirror; the version that is named comes from there, and is held', async () => {
  const from = origin.requests.length;
  const { said } = await init({
    mirrors: 'cn',
    repositories: [{ name: 'docker-ce', keyFile }],
    packages: ['kinit-test-tool=1.2-3'],
  });
  expect(said).toBe('');
  const asked = origin.requests.slice(from).map((each) => each.replace(/^\S+ ([^/]*).*/, '$1'));
  expect([...new Set(asked)]).toEqual(['mirrors.aliyun.com']);
  const { stdout } = await cluster.sh(
    HOST,
    `dpkg-query -W -f '\${Version} \${db:Status-Want}' kinit-test-tool; cat ${SOURCES}`,
  );
  expect(stdout).toMatch(/^1\.2-3 hold/);
  expect(stdout).not.toMatch(/\/\/(deb|security)\.debian\.org/);
});

test.each([
  ['at its makers', 'none', 0],
  ['with a mirror', 'cn', 1],
] as const)("Kubernetes' own packages, %s: its name and that of a package are enough", async (_, mirrors, at) => {
  const place = OF_KUBERNETES[at];
  const from = origin.requests.length;
  const repository = { name: 'kubernetes', keyUrl: `https://${place}/Release.key`, fingerprint: key.fingerprint };
  const { said } = await init({ mirrors, repositories: [repository], packages: ['kinit-test-kubelet=1.2-3'] });
  expect(said).toBe('');
  const asked = origin.requests.slice(from);
  expect(asked).toEqual(expect.arrayContaining(['Release.key', 'InRelease'].map((file) => `GET ${place}/${file}`)));
  const { stdout } = await cluster.sh(
    HOST,
    `cat /etc/apt/sources.list.d/kinit-kubernetes.sources; dpkg-query -W -f '\${Version}' kinit-test-kubelet; apt-get remove -yqq --allow-change-held-packages kinit-test-kubelet > /dev/null; rm -f /var/cache/apt/archives/kinit-*`,
  );
  expect(stdout).toContain(`URIs: https://${place}/\nSuites: /\n`);
  expect(stdout).toMatch(/^1\.2-3$/m);
});

test('reset takes repositories, keys and lists away, and gives back the addresses of the distribution', async () => {
  const { code, stderr } = await kinit(['reset', '--yes', '--remove-packages', '-i', cluster.inventory]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const { stdout } = await cluster.sh(
    HOST,
    `ls -d /etc/apt/keyrings/kinit* /etc/apt/sources.list.d/kinit* /var/lib/apt/lists/*docker* /var/lib/apt/lists/*k8s* /var/lib/apt/lists/*kubernetes* 2> /dev/null; dpkg-query -W kinit-test-tool 2> /dev/null; cat ${SOURCES}`,
  );
  expect(stdout).toContain('//deb.debian.org/');
  expect(stdout).not.toMatch(/kinit|docker|aliyun|k8s|kubernetes/);
});

/** What init says of a changed inventory; '' where all is well. */
async function init(more: Readonly<Record<string, unknown>>): Promise<{ code: number; said: string }> {
  const inventory = await changedInventory(cluster, 'more', (text) => `${text}\n${stringify(more)}`);
  const { code, events, stderr } = await kinitEvents(['init', '-i', inventory, '--only', 'repositories,packages']);
  const failed = all(events, 'phase-failed').map(({ message, error }) =>
    [message, error.tried, error.found, error.hint].join('\n'),
  );
  return { code, said: code === 0 ? '' : failed.join('\n') || stderr };
}
