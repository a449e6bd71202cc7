import { expect, test } from 'vitest';
import { withDatastore } from '../../src/control-plane/index.js';
import { needRules } from '../../src/inventory/rules/needs.js';
import { formatPath } from '../../src/inventory/problem.js';
import { specSchema } from '../../src/inventory/spec-schema.js';

const C1 = { name: 'c1', address: '10.0.0.1', roles: ['control-plane'] };

function findings(spec: Record<string, unknown>): string[] {
  const parsed = withDatastore(specSchema.parse({ hosts: [C1], ...spec }));
  return needRules.flatMap(({ check }) => check(parsed)).map(({ path, message }) => `${formatPath(path)} ${message}`);
}

const EMBEDDED = { controlPlane: 'embedded' };

test.each([
  [{ ...EMBEDDED, etcd: { dataDir: '/data/etcd' } }, ['etcd.dataDir'], 'datastore: sqlite'],
  [{ ...EMBEDDED, etcd: { extraArgs: { 'quota-backend-bytes': '1' } } }, ['etcd.extraArgs'], 'datastore: sqlite'],
  [
    { datastore: 'external-etcd', etcd: { dataDir: '/data/etcd' }, pki: { etcdCa: { certFile: 'a' } } },
    ['etcd.dataDir', 'pki.etcdCa'],
    'datastore: external-etcd',
  ],
  [
    { artifacts: { source: 'source', mirror: 'aliyun', baseUrl: 'https://x.example', delivery: 'pull' } },
    ['artifacts.mirror', 'artifacts.baseUrl', 'artifacts.delivery'],
    'artifacts.source: source',
  ],
  [
    { artifacts: { source: 'bundle', bundleFile: 'x', imageMirror: 'aliyun', fileMirror: 'none' } },
    ['artifacts.imageMirror', 'artifacts.fileMirror'],
    'artifacts.source: bundle',
  ],
  [
    { network: { plugin: 'none', flannelBackend: 'host-gw' } },
    ['network.flannelBackend'],
    'network.plugin: none; take it out, or set plugin: flannel',
  ],
  [{ apiServer: { balancer: 'none', balancerPort: 7000 } }, ['apiServer.balancerPort'], 'apiServer.balancer: none'],
  [{ kernel: { package: 'linux-image-x' } }, ['kernel.package'], 'kernel.upgrade: none'],
  [{ proxy: { noProxy: ['.example.com'] } }, ['proxy.noProxy'], 'proxy.http and proxy.https'],
])('%j has options that do nothing', (spec, options, why) => {
  const found = findings(spec);
  expect(found.map((line) => line.split(' ')[0])).toEqual(options);
  for (const line of found) {
    expect(line).toContain(' has no effect with');
    expect(line).toContain(why);
  }
});

test.each([
  [{ ...EMBEDDED, datastore: 'etcd', etcd: { dataDir: '/data/etcd' } }],
  [{ ...EMBEDDED, pki: { etcdCa: { certFile: 'a' } } }],
  // As in inventory.example.yaml: what an option is anyway may be written down.
  [
    {
      ...EMBEDDED,
      etcd: { dataDir: '/var/lib/etcd', extraArgs: {} },
      network: { plugin: 'none', flannelBackend: 'vxlan' },
    },
  ],
  [{ artifacts: { source: 'auto', mirror: 'aliyun', delivery: 'pull' } }],
  [{ artifacts: { source: 'source', packageMirror: 'aliyun', fanOut: 'tree' }, mirrors: 'cn' }],
  // There is a balancer with the second control plane.
  [{ apiServer: { balancerPort: 7000 } }],
  [{ kernel: { min: '5.10' } }],
  [{ proxy: { https: 'http://p:3128', noProxy: ['.example.com'] } }],
])('%j does something with each', (spec) => {
  expect(findings(spec)).toEqual([]);
});
