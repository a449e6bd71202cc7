import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CELL_HOST as HOST } from './support/cell.js';
import { all, failuresOf, kinitEvents, lab, type LabHandle } from './support/kinit.js';
import { behindDocker, DOCKER_VERSION, type DockerOrigin } from './support/origin/packages/docker.js';
import { makeSigningKey } from './support/origin/packages/signing-key.js';
import type { Rpm } from './support/origin/packages/yum.js';
import { differences, record, type Recording } from './support/recording/recording.js';
import { changedInventory } from './support/running.js';

/** Repositories of the Red Hat family, and Docker's packages from one. */
const TOOL: Rpm = {
  name: 'kinit-test-tool',
  version: '1.2',
  release: '3',
  files: { '/usr/share/kinit-test-tool': { text: 'a tool\n' } },
};

const OTHERS: readonly Rpm[] = ['kinit-old-tool', 'kinit-mirrored-tool'].map((name) => ({
  ...TOOL,
  name,
  files: { [`/usr/share/${name}`]: { text: 'a tool\n' } },
}));

const url = 'https://mirrors.aliyun.com/docker-ce/linux/centos/9/$basearch/stable';

/** Where the last CentOS 7 lies. */
const VAULT = 'vault.centos.org/7.9.2009/os/x86_64';
const MIRRORED = 'mirrors.aliyun.com/centos-vault/7.9.2009/os/x86_64';
/** As that release has it: its addresses are gone. */
const BASE = '/etc/yum.repos.d/CentOS-Base.repo';
const BASE_TEXT = `[base]
name=CentOS-$releasever - Base
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra
#baseurl=http://mirror.centos.org/centos/$releasever/os/$basearch/
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-kinit-docker-ce
`;

const folder = mkdtempSync(join(tmpdir(), 'ky-'));
let cluster: LabHandle;
let origin: DockerOrigin;
let before: Recording;

beforeAll(async () => {
  cluster = await lab('yum', { hosts: 1, image: 'rocky-9' });
  await makeSigningKey(join(folder, 'other'), 'Somebody else');
  const more = [TOOL, { ...TOOL, version: '1.3' }, ...OTHERS];
  origin = await behindDocker(cluster, folder, { image: 'rocky-9', more, alsoAt: [VAULT, MIRRORED] });
  // No name server is in reach, and none has these names.
  await cluster.sh(HOST, 'echo 127.0.0.1 mirrorlist.centos.org mirror.centos.org >> /etc/hosts');
  before = await record(cluster, HOST);
});

afterAll(async () => {
  await cluster.down();
  await origin.server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a repository that does not answer is named, and taken away again', async () => {
  const { said } = await init({
    repositories: [{ name: 'site', url: 'http://127.0.0.1:9/el9', keyFile: origin.keyFile }],
  });
  expect(said).toMatch(/site cannot be used[^]*127\.0\.0\.1[^]*Does the host reach it[^]*taken away again/);
  expect((await cluster.sh(HOST, 'ls /etc/yum.repos.d')).stdout).not.toContain('kinit');
});

test('packages that another key signed are refused', async () => {
  const repositories = [{ name: 'site', url, keyFile: join(folder, 'other', 'public.asc') }];
  const { code, said } = await init({ repositories, packages: ['kinit-test-tool'] });
  expect({ code, said }).toEqual({
    code: 14,
    said: expect.stringMatching(/could not install[^]*kinit-test-tool[^]*GPG/) as string,
  });
  expect((await cluster.sh(HOST, 'rpm -q kinit-test-tool', { reject: false })).code).toBe(1);
});

test('a key that is not the one of the fingerprint is refused before its repository is there', async () => {
  const other = origin.key.fingerprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const keyUrl = 'https://download.docker.com/linux/centos/gpg';
  const { said } = await init({ repositories: [{ name: 'elsewhere', url, keyUrl, fingerprint: other }] });
  expect(said).toContain(origin.key.fingerprint);
  expect((await cluster.sh(HOST, 'ls /etc/yum.repos.d')).stdout).not.toContain('elsewhere');
});

test('a version that is not there is told with those that are', async () => {
  const { said } = await init({
    repositories: [{ name: 'site', url, keyFile: origin.keyFile }],
    packages: ['kinit-test-tool=9-9'],
  });
  expect(said).toMatch(/there is no version 9-9; the repositories of this host have 1\.2-3\.el9, 1\.3-3\.el9/);
});

test("mirrors: cn and from: docker: the engine is Docker's package of that version, held, and answers through the CRI", async () => {
  const from = origin.server.requests.length;
  const { said, progress } = await init({
    ...withDocker('cn'),
    packages: ['kinit-test-tool=1.2-3.el9'],
  });
  expect(said).toBe('');
  const asked = origin.server.requests.slice(from).map((each) => each.replace(/^\S+ ([^/]*).*/, '$1'));
  expect([...new Set(asked)]).toEqual(['mirrors.aliyun.com']);
  expect(progress).toContainEqual(expect.stringMatching(/^answers through the CRI: docker/));
  const { stdout } = await cluster.sh(
    HOST,
    'rpm -q docker-ce docker-ce-cli kinit-test-tool; systemctl show -P FragmentPath docker containerd; cut -d- -f1-2 /etc/dnf/plugins/versionlock.list',
  );
  expect(stdout).toMatch(
    new RegExp(
      `^docker-ce-${DOCKER_VERSION}-1.el9.x86_64\ndocker-ce-cli-${DOCKER_VERSION}-1.el9.x86_64\nkinit-test-tool-1.2-3`,
    ),
  );
  expect(stdout).toMatch(/\/lib\/systemd\/system\/docker\.service[^]*\/lib\/systemd\/system\/containerd\.service/);
  for (const held of ['docker-ce', 'containerd.io', 'kinit-test']) expect(stdout).toContain(`\n${held}-`);
});

test('a release whose addresses are gone: what takes its archive is named', async () => {
  await cluster.sh(HOST, `cat > ${BASE} <<'END'\n${BASE_TEXT}END`);
  const { said } = await init({ ...withDocker(), packages: ['kinit-old-tool'] });
  expect(said).toMatch(/mirrorlist\.centos\.org[^]*repositories: \[\{name: centos-vault\}\]/);
});

test.each([
  ['none', VAULT, 'kinit-old-tool'],
  ['cn', MIRRORED, 'kinit-mirrored-tool'],
])('its archive has them, with mirrors: %s', async (mirrors, place, name) => {
  const from = origin.server.requests.length;
  const { said } = await init({
    ...withDocker(mirrors, { name: 'centos-vault' }),
    packages: [`${name}=1.2`],
  });
  expect(said).toBe('');
  expect(origin.server.requests.slice(from)).toContain(`GET ${place}/repodata/repomd.xml`);
  const { stdout } = await cluster.sh(HOST, `rpm -q ${name}; cut -d- -f1-3 /etc/dnf/plugins/versionlock.list`);
  expect(stdout).toMatch(new RegExp(`^${name}-1\\.2-3\\.el9\\.x86_64\n(.*\n)*${name}\n`));
});

test('reset gives the host back as it was', async () => {
  const { code, events } = await kinitEvents(['reset', '--yes', '--remove-packages', '-i', cluster.inventory]);
  const warnings = all(events, 'warning').map(({ text }) => text);
  expect({ code, warnings, failures: failuresOf(events) }).toEqual({ code: 0, warnings: [], failures: [] });
  expect((await cluster.sh(HOST, `cat ${BASE}; rm ${BASE}`)).stdout).toBe(BASE_TEXT);
  const ignored = (section: string, key: string): boolean => section === 'sysctl' && !key.startsWith('net.');
  expect(differences(before, await record(cluster, HOST), ignored)).toBe('');
});

const withDocker = (mirrors = 'none', ...more: readonly object[]): Readonly<Record<string, unknown>> => ({
  mirrors,
  repositories: [{ name: 'docker-ce', keyFile: origin.keyFile }, ...more],
  runtime: { name: 'docker', from: 'docker', version: DOCKER_VERSION },
});

/** What init says of a changed inventory; '' where all is well. */
async function init(more: Readonly<Record<string, unknown>>) {
  const inventory = await changedInventory(cluster, 'more', (text) => `${text}\n${stringify(more)}`);
  const only = 'repositories,packages,binaries,runtime';
  const { code, events, stderr } = await kinitEvents(['init', '-i', inventory, '--only', only]);
  const failed = all(events, 'phase-failed').map(({ message, error }) =>
    [message, error.tried, error.found, error.hint].join('\n'),
  );
  const progress = all(events, 'progress').map(({ text }) => text);
  return { code, progress, said: code === 0 ? '' : failed.join('\n') || stderr };
}
