import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { addOns } from '../../src/add-ons/index.js';
import { kubeadmRbac } from '../../src/control-plane/index.js';
import type { KubeObject } from '../../src/model/api.js';
import { makeContext } from './context.js';

// Made by `kubeadm init --dry-run` of 1.36.3 (the stock kubeadm) from the ClusterConfiguration of the same context.
const GOLDEN = parseAllDocuments(
  readFileSync(new URL('../golden/kubeadm-1.36/objects.yaml', import.meta.url), 'utf8'),
).map((document) => document.toJS() as KubeObject);

const context = makeContext();
const ours = [...kubeadmRbac(), ...addOns.flatMap(({ objects }) => objects(context))];
const id = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** Where kinit means to differ. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // Ready sooner: an init waits for it.
  'Deployment kube-system/coredns': [
    'spec.template.spec.containers.0.readinessProbe.failureThreshold 15',
    'spec.template.spec.containers.0.readinessProbe.periodSeconds 2',
  ],
  // Its mode is always written; which address is a pod's is said by range; the rest is the default of each.
  'ConfigMap kube-system/kube-proxy': [
    'data.config.detectLocalMode ClusterCIDR',
    'data.config.metricsBindAddress 127.0.0.1:10249',
    'data.config.mode nftables',
  ],
};

test.each(GOLDEN.map((object) => [id(object), object] as const))('%s is what kubeadm makes', (name, golden) => {
  const own = ours.find((object) => id(object) === name);
  expect(own).toBeDefined();
  const expected = leaves(golden);
  const found = leaves(own);
  expect(found.filter((leaf) => !expected.includes(leaf))).toEqual(KNOWN[name] ?? []);
  const changed = (KNOWN[name] ?? []).map((leaf) => `${leaf.slice(0, leaf.indexOf(' '))} `);
  expect(expected.filter((leaf) => !found.includes(leaf) && !changed.some((path) => leaf.startsWith(path)))).toEqual(
    [],
  );
});

test('there is no rule and no binding that kubeadm does not have, but those of the approver', () => {
  const rbac = ours.filter(({ apiVersion }) => apiVersion.startsWith('rbac.')).map(id);
  expect(rbac.filter((name) => !GOLDEN.map(id).includes(name)).sort()).toEqual([
    // What the approver may do is held in test/add-ons/serving-approver.
    'ClusterRole /kinit:serving-approver',
    'ClusterRoleBinding /kinit:serving-approver',
    // Of kubeconfig's phase, which a dry run leaves out.
    'ClusterRoleBinding /kubeadm:cluster-admins',
  ]);
});

test('the configuration of kubelets says all that kubeadm would say', () => {
  const read = (file: string): unknown => parse(readFileSync(new URL(`../golden/${file}`, import.meta.url), 'utf8'));
  const found = leaves(read('config/kubelet-config.yaml'));
  expect(leaves(read('kubeadm-1.36/kubelet-config.yaml')).filter((leaf) => !found.includes(leaf))).toEqual([]);
});

/** 'path value' of everything that says something: no empty value, no default that the server fills in. */
function leaves(value: unknown, path = ''): string[] {
  if (value === null || value === undefined || value === '' || value === false || value === 0 || value === '0s')
    return [];
  if (path.endsWith('apiGroup') && path.includes('subjects')) return [];
  if (path === 'data.config.conf' || path === 'data.kubeconfig.conf')
    return leaves(parse(String(value)), path.slice(0, -'.conf'.length));
  if (typeof value !== 'object') return [`${path} ${String(value)}`];
  return Object.entries(value)
    .flatMap(([key, member]) => leaves(member, path === '' ? key : `${path}.${key}`))
    .filter((leaf) => !/infoBufferSize|annotations\.kinit\/|component-config\.hash/.test(leaf))
    .sort();
}
