import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/model/api.js';
import { flannel } from '../../src/network/flannel/index.js';
import {
  cniConflist,
  CNI_CONFLIST_PATH,
  corednsObjects,
  kubeadmConfigMaps,
  kubeadmRbac,
  kubeProxyObjects,
  smokeObjects,
} from '../../src/templates/index.js';
import { makeContext } from './context.js';

const context = makeContext();
const all = [
  ...kubeadmRbac(context),
  ...kubeadmConfigMaps(context),
  ...kubeProxyObjects(context),
  ...corednsObjects(context),
  ...flannel.objects(context),
  ...smokeObjects(context),
];
const data = (objects: readonly KubeObject[], name: string): Record<string, string> =>
  (objects.find((object) => object.kind === 'ConfigMap' && object.metadata.name === name)?.['data'] ?? {}) as Record<
    string,
    string
  >;

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/objects/${name}.json`, import.meta.url), 'utf8'));

test.each([
  ['rbac', kubeadmRbac(context)],
  ['kubeadm-config-maps', kubeadmConfigMaps(context)],
  ['kube-proxy', kubeProxyObjects(context)],
  ['coredns', corednsObjects(context)],
  ['flannel', flannel.objects(context)],
  ['nginx', smokeObjects(context)],
])('the objects of %s are those of the golden file', (name, objects) => {
  expect(JSON.parse(JSON.stringify(objects))).toEqual(golden(name));
});

test('every object has kind and name, and none stands twice', () => {
  const ids = all.map(
    ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
  );
  expect(ids.filter((id) => id.includes('undefined'))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('images come from the context and are never pulled when they are there', () => {
  const text = JSON.stringify(all);
  const images = [...text.matchAll(/"image":"([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(images)).toEqual(
    new Set(['kube-proxy', 'coredns', 'flannel', 'nginx'].map((name) => context.images[name])),
  );
  expect([...text.matchAll(/"imagePullPolicy":"([^"]+)"/g)].map((match) => match[1])).toEqual(
    images.map(() => 'IfNotPresent'),
  );
});

test('what joining nodes may read is what kubeadm lets them read', () => {
  const names = kubeadmRbac(context).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(names).toEqual([
    'ClusterRoleBinding kubeadm:cluster-admins',
    'ClusterRole kubeadm:get-nodes',
    'ClusterRoleBinding kubeadm:get-nodes',
    'ClusterRoleBinding kubeadm:kubelet-bootstrap',
    'ClusterRoleBinding kubeadm:node-autoapprove-bootstrap',
    'ClusterRoleBinding kubeadm:node-autoapprove-certificate-rotation',
    'ClusterRoleBinding kubeadm:apiserver-kubelet-client',
    'Role kubeadm:nodes-kubeadm-config',
    'RoleBinding kubeadm:nodes-kubeadm-config',
    'Role kubeadm:kubelet-config',
    'RoleBinding kubeadm:kubelet-config',
    'Role kubeadm:bootstrap-signer-clusterinfo',
    'RoleBinding kubeadm:bootstrap-signer-clusterinfo',
  ]);
});

test('cluster-info carries the CA and the endpoint in the form kubeadm join reads', () => {
  expect(parse(data(kubeadmConfigMaps(context), 'cluster-info')['kubeconfig'] ?? '')).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: '',
        cluster: {
          server: 'https://api.example:6443',
          'certificate-authority-data': Buffer.from('CA\n').toString('base64'),
        },
      },
    ],
    contexts: null,
    'current-context': '',
    users: null,
  });
});

test('the shared kubelet configuration leaves the CRI socket to each node', () => {
  expect(parse(data(kubeadmConfigMaps(context), 'kubelet-config')['kubelet'] ?? '')).toMatchObject({
    containerRuntimeEndpoint: '',
    rotateCertificates: true,
  });
});

test('ClusterConfiguration names another place for CoreDNS only where kubeadm would not look', () => {
  const config = (images: object): unknown =>
    parse(
      data(kubeadmConfigMaps({ ...context, images: { ...context.images, ...images } }), 'kubeadm-config')[
        'ClusterConfiguration'
      ] ?? '',
    );
  expect(config({})).toMatchObject({ dns: {}, imageRepository: 'registry.k8s.io' });
  expect(
    config({
      'kube-apiserver': 'm.example/registry.k8s.io/kube-apiserver:v1.36.3',
      coredns: 'm.example/registry.k8s.io/coredns/coredns:v1.14.2',
    }),
  ).toMatchObject({
    dns: { imageRepository: 'm.example/registry.k8s.io/coredns' },
    imageRepository: 'm.example/registry.k8s.io',
  });
});

test('kube-proxy serves metrics on loopback, takes the mode and what the user adds, and restarts when that changes', () => {
  const made = kubeProxyObjects(
    makeContext({ kubeProxy: { config: { conntrack: { maxPerCore: 0 } } } }, { proxyMode: 'ipvs' }),
  );
  expect(parse(data(made, 'kube-proxy')['config.conf'] ?? '')).toMatchObject({
    mode: 'ipvs',
    metricsBindAddress: '127.0.0.1:10249',
    clusterCIDR: '10.244.0.0/16',
    conntrack: { maxPerCore: 0 },
  });
  const annotations = (objects: readonly KubeObject[]): string =>
    JSON.stringify(objects.find(({ kind }) => kind === 'DaemonSet')).match(/config-sha256":"(\w+)/)?.[1] ?? '';
  expect(annotations(made)).toMatch(/^[0-9a-f]{64}$/);
  expect(annotations(made)).not.toBe(annotations(kubeProxyObjects(context)));
});

test("flannel's side container writes this node's CNI configuration from what flannel found out", () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinit-cni-'));
  try {
    const target = join(folder, 'conflist');
    const script = data(flannel.objects(context), 'kube-flannel-cfg')['install-cni.sh'] ?? '';
    expect(script).toContain(CNI_CONFLIST_PATH);
    writeFileSync(
      join(folder, 'subnet.env'),
      'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.3.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n',
    );
    // One round of the endless loop, in a folder of our own.
    const once = script
      .replaceAll(CNI_CONFLIST_PATH, target)
      .replaceAll('/run/flannel/subnet.env', join(folder, 'subnet.env'))
      .replace('sleep "$pause" &', 'exit 0');
    execFileSync('sh', ['-c', once], { timeout: 5000, stdio: ['ignore', 'ignore', 'inherit'] });
    expect(readFileSync(target, 'utf8')).toBe(cniConflist({ name: 'cbr0', podCIDR: '10.244.3.0/24', mtu: 1450 }));
    expect((statSync(target).mode & 0o777).toString(8)).toBe('600');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('flannel masquerades, so the bridge does not; hairpin is on', () => {
  expect(JSON.parse(cniConflist({ name: 'x', podCIDR: '10.244.3.0/24', mtu: 1450 }))).toMatchObject({
    plugins: [
      {
        type: 'bridge',
        ipMasq: false,
        hairpinMode: true,
        isDefaultGateway: true,
        promiscMode: false,
        mtu: 1450,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.244.3.0/24' }]] },
      },
      { type: 'portmap' },
    ],
  });
});

test('flannel makes nftables rules only where a kernel has no iptables', () => {
  const enabled = (kernelFeatures: string[]): unknown => {
    const nodes = context.nodes.map((node) => ({ ...node, facts: { ...node.facts, kernelFeatures } }));
    return JSON.parse(data(flannel.objects({ ...context, nodes }), 'kube-flannel-cfg')['net-conf.json'] ?? '');
  };
  expect(enabled(['iptables', 'nftables'])).toEqual({
    Network: '10.244.0.0/16',
    EnableNFTables: false,
    Backend: { Type: 'vxlan' },
  });
  expect(enabled(['nftables'])).toMatchObject({ EnableNFTables: true });
});
