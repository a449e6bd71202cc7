import { describe, expect, test } from 'vitest';
import { NO_CLUSTER, type KnownCluster } from '../../../src/engine/guard/cluster.js';
import { guard, type GuardInput } from '../../../src/engine/guard/index.js';
import { guardedOptions, guardedValues } from '../../../src/inventory/guarded.js';
import { inventoryOptions, isSection, type JsonSchema } from '../../../src/inventory/schema.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';
import type { KinitError } from '../../../src/model/error.js';
import type { Spec } from '../../../src/model/spec.js';
import { fakeHost } from '../../cluster/fakes.js';
import { factsOf } from '../../facts/facts-of.js';

const BASE = {
  apiServer: { endpoint: 'api.example:6443' },
  hosts: [
    { name: 'n1', address: '10.77.0.11', internalAddress: '10.77.0.11', roles: ['control-plane'] },
    { name: 'n2', address: '10.77.0.12', internalAddress: '10.77.0.12', taints: [{ key: 'a', effect: 'NoSchedule' }] },
  ],
};

/** The guard over a cluster that was made with BASE. */
async function guarded(spec: Spec, more: Partial<KnownCluster> = {}, input: Partial<GuardInput> = {}): Promise<string> {
  const before = specSchema.parse(BASE);
  const known: KnownCluster = {
    ...NO_CLUSTER,
    exists: true,
    open: true,
    clusterId: '9f0a3c52-6a0e-4c39-9d5b-6f6f2f5b0c11',
    running: before.kubernetesVersion,
    endpoint: 'api.example:6443',
    options: guardedValues(before),
    nodes: Object.fromEntries(
      before.hosts.map(({ name, internalAddress = '', roles }) => [
        name,
        { address: internalAddress, controlPlane: roles.includes('control-plane'), machineId: `machine-${name}` },
      ]),
    ),
    ...more,
  };
  const live = spec.hosts.map((host, index) => {
    // A machine stays what it is, whatever the inventory calls it.
    const machine = factsOf(`n${String(index + 1)}`);
    const kubernetes = { ...machine.kubernetes, membership: 'member' as const };
    return { spec: host, facts: { ...machine, kubernetes }, connection: fakeHost({ host: host.name }) };
  });
  const [leader] = live;
  if (leader === undefined) throw new Error('no host');
  const selected = new Set(spec.hosts.map(({ name }) => name));
  return guard({ spec, known, command: 'init', leader, live, selected, ...input }).then(
    () => 'passes',
    (error: KinitError) =>
      `${error.context.class}: ${error.message}\n${error.context.found ?? ''}\n${error.context.hint ?? ''}`,
  );
}

/** A value that the option does not have; undefined where a single choice leaves none. */
function another(path: string, schema: JsonSchema, now: unknown): unknown {
  const own: Readonly<Record<string, unknown>> = {
    clusterId: '11111111-1111-4111-8111-111111111111',
    kubernetesVersion: '1.36.2',
    'apiServer.endpoint': 'elsewhere.example:6443',
    'etcd.dataDir': '/mnt/etcd',
    'network.podCIDR': '10.200.0.0/16',
    'network.serviceCIDR': '10.32.0.0/16',
    'network.domain': 'other.local',
    'artifacts.baseUrl': 'http://files.example',
    'proxy.http': 'http://proxy.example:3128',
    'proxy.https': 'http://proxy.example:3128',
    'repositories[].url': 'http://files.example',
    'repositories[].keyUrl': 'http://files.example/key.asc',
    'repositories[].fingerprint': 'A'.repeat(40),
    'runtime.registryMirrors[].endpoints': ['http://files.example'],
    'backups.every': '6h',
    'backups.folder': '/mnt/backups',
    'kernel.min': '5.10',
    'kernel.fingerprint': 'A'.repeat(40),
    'kernel.origin': 'http://files.example',
    'kernel.keyUrl': 'http://files.example/key',
    'kernel.sha256': 'a'.repeat(64),
    'apiServer.virtualAddress.address': '10.77.0.100',
    'apiServer.virtualAddress.interface': 'eth1',
    'hosts[].name': 'renamed',
    'hosts[].address': '10.77.0.99',
    'hosts[].internalAddress': '10.77.0.99',
    'hosts[].roles': ['worker'],
  };
  if (path in own) return own[path];
  const choice = schema.anyOf?.find((one) => one.enum !== undefined);
  if (choice !== undefined) return another(path, choice, now);
  if (schema.enum !== undefined) return schema.enum.find((value) => value !== now);
  if (schema.type === 'boolean') return now !== true;
  if (schema.type === 'integer' || schema.type === 'number') return (typeof now === 'number' ? now : 40) + 1;
  if (schema.type === 'object') return { 'example.com/x': '1' };
  if (schema.type === 'array') return schema.items?.type === 'object' ? [] : [schema.items?.enum?.[0] ?? 'something'];
  return 'something';
}

/** What an entry of a list, or a section, cannot do without. */
const ENTRIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  bastions: { address: 'jump.example' },
  taints: { key: 'a', effect: 'NoExecute' },
  registryMirrors: { registry: 'docker.io', endpoints: ['http://mirror.example'] },
  registries: { registry: 'registry.example' },
  repositories: { name: 'docker-ce' },
  virtualAddress: { address: '10.77.0.100' },
  datastoreServer: { url: 'postgres://kinit@db.test/kubernetes' },
};

/** A copy of the data with the option set. */
function changed(path: string, schema: JsonSchema): { readonly data: unknown; readonly possible: boolean } {
  const data = structuredClone(BASE) as unknown as Record<string, unknown>;
  let at: Record<string, unknown> = data;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  for (const step of steps) {
    const name = step.replace('[]', '');
    at[name] ??= step.endsWith('[]') ? [{ ...ENTRIES[name] }] : { ...ENTRIES[name] };
    at = (step.endsWith('[]') ? (at[name] as unknown[])[0] : at[name]) as Record<string, unknown>;
  }
  const value = another(path, schema, at[last] ?? schema.default);
  if (value !== undefined) at[last] = value;
  return { data, possible: value !== undefined };
}

const OPTIONS = inventoryOptions().filter((option) => !isSection(option));
// What matters of the balancer is whether the cluster has one: balancer.test.ts.
const ELSEWHERE = [
  'runtime.from',
  'apiServer.balancer',
  'apiServer.balancerPort',
  // Whether it may come hangs on the endpoint: virtual-address.test.ts.
  'apiServer.virtualAddress.address',
];
/** Files on the operator's machine: authorities.test.ts. */
const FILES = /^pki\.\w+\.\w+File$/;

describe('every option of the inventory, changed on a running cluster', () => {
  test.each(
    OPTIONS.filter(({ schema }) => schema['x-change'] === 'free').map(({ path, schema }) => ({ path, schema })),
  )('$path is free: it passes', async ({ path, schema }) => {
    const { data } = changed(path, schema);
    // The guard looks at inventories that were checked; of some options only the form counts here.
    const read = specSchema.safeParse(data);
    expect(await guarded(read.success ? read.data : (Object.assign(specSchema.parse(BASE), data) as Spec))).toBe(
      'passes',
    );
  });

  // Where a runtime comes from is a matter of each host, and of preflight: its unit is there (runtime/packaged.ts).
  const GUARDED = OPTIONS.filter(
    ({ path, schema }) => schema['x-change'] !== 'free' && !FILES.test(path) && !ELSEWHERE.includes(path),
  );
  test.each(GUARDED.map(({ path, schema }) => ({ path, mark: schema['x-change'], schema })))(
    '$path is $mark: refused, with both values, why and what to do',
    async ({ path, schema }) => {
      const { data, possible } = changed(path, schema);
      // Of a single choice the cluster has another one: a later kinit may have made it.
      const options = { ...guardedValues(specSchema.parse(BASE)), ...(possible ? {} : { [path]: 'something-else' }) };
      const said = await guarded(specSchema.parse(data), { options });
      expect(said).toMatch(/^refused: /);
      expect(said).toContain(path.split('.').at(-1));
      const value = another(path, schema, schema.default);
      for (const shown of possible ? [String(value).replace('worker', 'on ')] : ['something-else'])
        expect(said).toContain(shown);
      // These two say which of their rules it is (version.test.ts, identity.test.ts).
      if (!['clusterId', 'kubernetesVersion'].includes(path)) expect(said).toContain(schema['x-change-why'] ?? '?');
      expect(said.split('\n').at(-1)?.length).toBeGreaterThan(10);
    },
  );

  const KEYS = guardedOptions().filter(({ path }) => path.includes('.extraArgs.'));
  test.each(KEYS)('$path is fixed though its map is free', async ({ path, why }) => {
    const [section = '', , key = ''] = path.split('.');
    const said = await guarded(
      specSchema.parse({
        ...BASE,
        [section]: { ...(section === 'apiServer' ? BASE.apiServer : {}), extraArgs: { [key]: 'new' } },
      }),
    );
    expect(said).toContain(path);
    expect(said).toContain('new');
    expect(said).toContain(why);
  });
});

test('a flag given as kinit gives it anyway is no change', async () => {
  const extraArgs = { 'service-account-issuer': 'https://kubernetes.default.svc.cluster.local' };
  expect(await guarded(specSchema.parse({ ...BASE, apiServer: { ...BASE.apiServer, extraArgs } }))).toBe('passes');
});

test('an endpoint that kinit decided stays; naming it is no change', async () => {
  const decided = { endpoint: '10.77.0.11:6443', decisions: { endpoint: '10.77.0.11:6443' } };
  const options = { ...guardedValues(specSchema.parse(BASE)), 'apiServer.endpoint': null };
  const { apiServer: _apiServer, ...without } = BASE;
  expect(await guarded(specSchema.parse(without), { ...decided, options })).toBe('passes');
  expect(
    await guarded(specSchema.parse({ ...without, apiServer: { endpoint: '10.77.0.11:6443' } }), {
      ...decided,
      options,
    }),
  ).toBe('passes');
  expect(await guarded(specSchema.parse(BASE), { ...decided, options })).toContain(
    'apiServer.endpoint: the cluster has 10.77.0.11:6443, the inventory api.example:6443',
  );
});

test('many changes are one error of at most ten lines that names them all', async () => {
  const said = await guarded(
    specSchema.parse({
      ...BASE,
      etcd: { dataDir: '/mnt/etcd' },
      network: { podCIDR: '10.200.0.0/16', serviceCIDR: '10.32.0.0/16', domain: 'other.local' },
      kubernetesVersion: '1.34.0',
      apiServer: { endpoint: 'elsewhere.example:6443', port: 7443 },
    }),
  );
  expect(said.split('\n').length).toBeLessThanOrEqual(10);
  for (const path of [
    'etcd.dataDir',
    'network.podCIDR',
    'network.serviceCIDR',
    'network.domain',
    'kubernetesVersion',
    'apiServer.port',
  ])
    expect(said).toContain(path);
});

test('before there is a cluster everything may be said', async () => {
  expect(await guarded(specSchema.parse({ ...BASE, network: { podCIDR: '10.200.0.0/16' } }), { exists: false })).toBe(
    'passes',
  );
});

test('join asks for a cluster that runs', async () => {
  const spec = specSchema.parse(BASE);
  expect(await guarded(spec, { exists: false }, { command: 'join' })).toMatch(
    /^refused: there is no cluster to join yet; nothing was changed\n[^]*kinit init/,
  );
  expect(await guarded(spec, { open: false }, { command: 'join' })).toMatch(
    /^access: no API server answers on n1; nothing was changed/,
  );
  expect(await guarded(spec, {}, { command: 'join' })).toBe('passes');
});

test('what was said of a datastore that the cluster does not have is not held against an inventory', async () => {
  const embedded = { ...BASE, controlPlane: 'embedded', datastore: 'sqlite' };
  const options = { ...guardedValues(specSchema.parse(embedded)), 'etcd.dataDir': '/data/etcd' };
  expect(await guarded(specSchema.parse(embedded), { options })).not.toContain('etcd.dataDir');
  const etcd = { ...options, datastore: 'etcd' };
  expect(await guarded(specSchema.parse({ ...embedded, datastore: 'etcd' }), { options: etcd })).toContain(
    'etcd.dataDir',
  );
});
