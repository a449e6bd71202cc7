import { expect, test } from 'vitest';
import { sampleContexts } from '../../src/cli/reference/host-changes/sample.js';
import { rules } from '../../src/inventory/rules/index.js';
import { formatPath } from '../../src/inventory/problem.js';
import { inventoryOptions } from '../../src/inventory/schema.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import { phases } from '../../src/phases/index.js';
import { RUNTIMES } from '../../src/runtime/index.js';

const C1 = { name: 'c1', address: '10.0.0.1', roles: ['control-plane'] };

/** What the schema or a rule says of these options, as 'path: message'. */
function findings(spec: Record<string, unknown>): string[] {
  const parsed = specSchema.safeParse({ hosts: [C1], ...spec });
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return rules.flatMap((rule) => rule.check(parsed.data)).map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

const dataIn = (dataDir: string): string[] => findings({ etcd: { dataDir } });
const backupsIn = (folder: string): string[] => findings({ backups: { folder } });

test.each([
  ...['/var/lib/etcd', '/var/lib/etcd/backups', '/var/lib/kinit/backups', '/var/lib/kubelet/x', '/run/kinit'],
  ...['/etc/kubernetes/manifests', '/etc/cron.d', '/var/backups/../lib/etcd', '/var/backups/./kinit', '/var/lib'],
  ...['/root/.ssh', '/var/backups', '/opt/cni/bin/x', '/var/lib/containerd/x', '/var/log', '/usr/local'],
])('backups are not kept in %s', (folder) => {
  expect(backupsIn(folder)).toEqual([expect.stringMatching(/^backups\.folder: /)]);
});

test.each([
  ...['/root/.ssh', '/opt/cni', '/var/lib/kubelet/etcd', '/var/lib/kinit/x', '/var/lib/cni', '/var/backups/kinit/etcd'],
  ...['/data', '/', '/var//lib/', '/var/lib/../x', '/var/lib/dpkg', '/home/me/.kube/x', 'var/lib/x', '/opt/cni/'],
])('data of a datastore are not kept in %s', (folder) => {
  expect(dataIn(folder)).toEqual([expect.stringMatching(/^etcd\.dataDir: /)]);
});

test('folders of their own are fine, and what an option takes when nobody says otherwise is its own', () => {
  for (const folder of [
    '/var/lib/etcd',
    '/var/lib/etcd/',
    '/var/lib/etcd/data',
    '/var/lib/etcd-data',
    '/mnt/etcd',
    '/root/etcd',
  ])
    expect({ folder, said: dataIn(folder) }).toEqual({ folder, said: [] });
  for (const folder of ['/var/backups/kinit', '/srv/backups', '/var/lib/backups', '/mnt/disk/b', '/var/log/backups'])
    expect({ folder, said: backupsIn(folder) }).toEqual({ folder, said: [] });
});

test('two options do not share a folder, and the one that was given is told', () => {
  const both = (folder: string, dataDir: string): string[] => findings({ backups: { folder }, etcd: { dataDir } });
  expect(both('/data/backups', '/data/etcd')).toEqual([]);
  expect(both('/data/x', '/data/x')).toEqual([
    expect.stringMatching(/^etcd\.dataDir: is backups\.folder \(\/data\/x\)/),
  ]);
  expect(both('/data/x/y', '/data/x')).toEqual([expect.stringMatching(/is a folder above backups\.folder/)]);
  expect(both('/data/x', '/data/x/y')).toEqual([expect.stringMatching(/lies in backups\.folder/)]);
});

test('an option by the name of a folder that goes to hosts is one of those that are looked at', () => {
  const named = inventoryOptions()
    .filter(({ path }) => /(dir|folder)$/i.test(path))
    .filter(({ schema }) => schema['x-host-folder'] !== true)
    .map(({ path }) => path);
  // Of this machine.
  expect(named).toEqual(['pki.requestsDir']);
});

test('every folder that kinit makes on a host is one that no option may name', () => {
  const contexts = sampleContexts();
  const made = [
    ...contexts.flatMap((context) =>
      phases.flatMap((phase) => (phase.appliesTo(context) ? phase.resources(context) : [])),
    ),
    ...contexts.flatMap((context) =>
      RUNTIMES.flatMap(({ resources, packaged }) => [...resources(context), ...(packaged?.before(context) ?? [])]),
    ),
  ]
    .flatMap(({ id }) => (id.startsWith('directory:') ? [id.slice('directory:'.length)] : []))
    .filter((path) => path !== '/var/lib/etcd' && path !== '/var/backups/kinit');
  expect(made.length).toBeGreaterThan(20);
  expect([...new Set(made)].filter((path) => dataIn(path).length === 0)).toEqual([]);
});
