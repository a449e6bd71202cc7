import { expect, test } from 'vitest';
import type { HostFacts } from '../../../src/model/facts.js';
import type { PhaseContext } from '../../../src/model/phase.js';
import { criUnit, daemonJson, daemonJsonFiles } from '../../../src/runtime/docker/config.js';
import { docker } from '../../../src/runtime/docker/index.js';
import { fileOf, pastOf } from '../../leftovers/past-of.js';
import { makeContext } from '../../templates/context.js';

/** A host with this daemon.json, and what kinit noted beside it. */
function withFile(
  text: string | undefined,
  runtime: object = {},
  facts: Partial<HostFacts> = {},
  note?: string,
): PhaseContext {
  const context = makeContext({ runtime: { name: 'docker', ...runtime } });
  const there = { '/etc/docker/daemon.json': text, '/etc/docker/kinit-registries.json': note };
  const files = Object.entries(there).flatMap(([path, each]) =>
    each === undefined ? [] : [fileOf(path, { text: each })],
  );
  const recorded = note === undefined ? [] : ['file:/etc/docker/kinit-registries.json'];
  const past = pastOf({ files, recorded });
  return { ...context, node: { ...context.node, facts: { ...context.node.facts, past, ...facts } } };
}

const NEEDED = {
  'exec-opts': ['native.cgroupdriver=systemd'],
  bridge: 'none',
  iptables: false,
  ip6tables: false,
  'userland-proxy': false,
  'log-driver': 'json-file',
};

test('where nothing is, it has what a cluster needs, with limits on logs', () => {
  const wanted = {
    'storage-driver': 'overlay2',
    'live-restore': true,
    'log-opts': { 'max-size': '10m', 'max-file': '5' },
    ...NEEDED,
  };
  expect(JSON.parse(daemonJson(withFile(undefined)))).toEqual(wanted);
  expect(JSON.parse(daemonJson(withFile(' \n')))).toEqual(wanted);
});

test('what a person has written stays, but for what a cluster cannot live with', () => {
  const text = JSON.stringify({
    debug: true,
    'exec-opts': ['native.cgroupdriver=cgroupfs', 'a=b'],
    'data-root': '/data/docker',
    'storage-driver': 'btrfs',
    'live-restore': false,
    'log-opts': { 'max-size': '1g', labels: 'x' },
    'registry-mirrors': ['https://theirs.example', 'https://a.example'],
    iptables: true,
    hosts: ['fd://', 'tcp://127.0.0.1:2375'],
    features: { buildkit: true, 'containerd-snapshotter': true },
  });
  const mirrors = { registryMirrors: [{ registry: 'docker.io', endpoints: ['https://a.example'] }] };
  expect(JSON.parse(daemonJson(withFile(text, mirrors)))).toEqual({
    ...NEEDED,
    debug: true,
    'exec-opts': ['a=b', 'native.cgroupdriver=systemd'],
    'data-root': '/data/docker',
    'storage-driver': 'btrfs',
    'live-restore': false,
    'log-opts': { 'max-size': '1g', labels: 'x' },
    'registry-mirrors': ['https://a.example', 'https://theirs.example'],
    hosts: ['tcp://127.0.0.1:2375', 'unix:///run/docker.sock'],
    features: { buildkit: true, 'containerd-snapshotter': false },
  });
});

test("another logging driver's options do not fit the one that kubectl logs needs", () => {
  const text = JSON.stringify({ 'log-driver': 'journald', 'log-opts': { tag: 'x' } });
  expect(JSON.parse(daemonJson(withFile(text)))).toMatchObject({
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '10m', 'max-file': '5' },
  });
});

test('a file that has it all stays as it is, to the byte', () => {
  const once = daemonJson(withFile('{"debug": true}'));
  expect(daemonJson(withFile(once))).toBe(once);
  const squeezed = JSON.stringify(JSON.parse(once));
  expect(daemonJson(withFile(squeezed))).toBe(squeezed);
});

test('on hosts that are containers runc is called through the wrapper, beside the runtimes of others', () => {
  const text = JSON.stringify({ runtimes: { nvidia: { path: '/usr/bin/nvidia-container-runtime' } } });
  expect(JSON.parse(daemonJson(withFile(text, {}, { lacksSysResource: true })))).toMatchObject({
    runtimes: {
      nvidia: { path: '/usr/bin/nvidia-container-runtime' },
      'runc-on-containers': { path: '/usr/local/bin/runc-without-sys-resource' },
    },
    'default-runtime': 'runc-on-containers',
  });
});

test.each([
  ['{"debug": true,}', 'it is not JSON'],
  ['[]', 'expected object'],
  ['{"exec-opts": "native.cgroupdriver=systemd"}', 'exec-opts: Invalid input: expected array'],
])('%s is refused, never written over', (text, found) => {
  expect(() => daemonJson(withFile(text))).toThrow(
    expect.objectContaining({
      context: expect.objectContaining({ class: 'refused', found: expect.stringContaining(found) as string }) as object,
    }),
  );
});

test('registries: certificates by host, insecure ones beside those of a person, logins where the kubelet reads them', () => {
  const registries = [
    { registry: 'reg.example:5000', username: 'me', passwordFile: 'secret' },
    { registry: 'plain.example', insecure: true },
  ];
  const context: PhaseContext = {
    ...withFile('{"insecure-registries": ["theirs.example"]}', { registries }),
    registryAccess: { 'reg.example:5000': { ca: 'PEM\n', password: 'pw' } },
  };
  expect(JSON.parse(daemonJson(context))).toMatchObject({ 'insecure-registries': ['plain.example', 'theirs.example'] });
  const files = new Map(
    docker.resources(context).flatMap((each) => ('content' in each && 'path' in each ? [[each.path, each]] : [])),
  );
  expect(files.get('/etc/docker/certs.d/reg.example:5000/ca.crt')).toMatchObject({ content: 'PEM\n' });
  expect(files.get('/var/lib/kubelet/config.json')).toMatchObject({
    content: expect.stringContaining(Buffer.from('me:pw').toString('base64')) as string,
    mode: 0o600,
    secret: true,
  });
});

test('cri-dockerd gets the pause image and the socket of the kubelet', () => {
  expect(criUnit(makeContext())).toContain('--pod-infra-container-image registry.k8s.io/pause:3.10.2');
  expect(criUnit(makeContext())).toContain(`--container-runtime-endpoint unix://${docker.sockets[0]}`);
});

test('only docker.io can have a mirror', () => {
  expect(docker.refusesMirror('docker.io')).toBeUndefined();
  expect(docker.refusesMirror('registry.k8s.io')).toContain('docker.io only');
});

const quay = (names: readonly string[]): object => ({
  registryMirrors: names.map((name) => ({ registry: name, endpoints: [`https://${name}.example`] })),
});

/** What a run leaves in daemon.json and beside it, and in which order it writes them. */
function written(context: PhaseContext): { readonly paths: string[]; readonly texts: Record<string, string> } {
  const files = daemonJsonFiles(context).flatMap((each) =>
    'content' in each ? [[each.id, String(each.content)]] : [],
  );
  return {
    paths: daemonJsonFiles(context).map(({ id }) => id),
    texts: Object.fromEntries(files.map(([id = '', text = '']) => [id.replace('file:', ''), text])),
  };
}

test('what kinit put into lists of registries leaves them with the inventory, what a person put there stays', () => {
  const theirs = '{"registry-mirrors": ["https://theirs.example", "https://both.example"], "insecure-registries": []}';
  const first = written(withFile(theirs, quay(['a', 'both'])));
  expect(first.paths).toEqual(['file:/etc/docker/kinit-registries.json', 'file:/etc/docker/daemon.json']);
  const note = first.texts['/etc/docker/kinit-registries.json'] ?? '';
  expect(JSON.parse(note)).toEqual({ 'registry-mirrors': ['https://a.example'], 'insecure-registries': [] });
  const json = first.texts['/etc/docker/daemon.json'] ?? '';
  expect(JSON.parse(json)).toMatchObject({
    'registry-mirrors': ['https://a.example', 'https://both.example', 'https://theirs.example'],
    'insecure-registries': [],
  });
  // Again: nothing to change.
  expect(written(withFile(json, quay(['a', 'both']), {}, note)).texts).toEqual(first.texts);
  const last = written(withFile(json, {}, {}, note));
  expect(last.paths).toEqual(['file:/etc/docker/daemon.json', 'absentFile:/etc/docker/kinit-registries.json']);
  expect(JSON.parse(last.texts['/etc/docker/daemon.json'] ?? '')).toMatchObject({
    'registry-mirrors': ['https://both.example', 'https://theirs.example'],
    'insecure-registries': [],
  });
});

test('a list that only kinit filled goes whole; a note that cannot be read takes nothing away', () => {
  const { texts } = written(withFile(undefined, quay(['a'])));
  const [note = '', json = ''] = Object.values(texts);
  expect(JSON.parse(daemonJson(withFile(json, {}, {}, note)))).not.toHaveProperty('registry-mirrors');
  expect(daemonJson(withFile(json, {}, {}, '{'))).toBe(json);
});

test('a mirror is taken by its host alone', () => {
  expect(docker.refusesAddress({ host: 'm', above: '', prefix: '', api: 'https://m/v2' })).toBeUndefined();
  expect(docker.refusesAddress({ host: 'm', above: '', prefix: 'p/', api: 'https://m/v2/p' })).toContain(
    'without a path',
  );
});
