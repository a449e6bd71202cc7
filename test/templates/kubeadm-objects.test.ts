import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { addOns } from '../../src/add-ons/index.js';
import { kubeadmRbac, TLS_CIPHER_SUITES } from '../../src/control-plane/index.js';
import type { KubeObject } from '../../src/model/api.js';
import { sharedKubeletConfiguration } from '../../src/phases/cluster/kubelet/index.js';
import { EACH_KUBEADM, goldenKubeadm, type KubeadmMinor } from '../golden.js';
import { kubeadmContext } from './context.js';

const id = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** What kubeadm of a minor version would make, and what kinit makes of that version. */
const OBJECTS = EACH_KUBEADM.map(([minor, version]) => {
  const documents = parseAllDocuments(goldenKubeadm(minor, 'objects.yaml'));
  const context = kubeadmContext(version);
  const ours = [...kubeadmRbac(), ...addOns.flatMap(({ objects }) => objects(context))];
  return { minor, ours, golden: documents.map((document) => document.toJS() as KubeObject) };
});

/** Where kinit means to differ. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // Ready sooner: an init waits for it. Elsewhere sooner, where its node is lost.
  'Deployment kube-system/coredns': [
    'spec.template.spec.containers.0.readinessProbe.failureThreshold 15',
    'spec.template.spec.containers.0.readinessProbe.periodSeconds 2',
    ...['not-ready', 'unreachable'].flatMap((state, index) => [
      `spec.template.spec.tolerations.${String(index + 2)}.effect NoExecute`,
      `spec.template.spec.tolerations.${String(index + 2)}.key node.kubernetes.io/${state}`,
      `spec.template.spec.tolerations.${String(index + 2)}.operator Exists`,
      `spec.template.spec.tolerations.${String(index + 2)}.tolerationSeconds 30`,
    ]),
  ],
  // Its mode is always written; which address is a pod's is said by range; the rest is the default of each.
  'ConfigMap kube-system/kube-proxy': [
    'data.config.detectLocalMode ClusterCIDR',
    'data.config.metricsBindAddress 127.0.0.1:10249',
    'data.config.mode nftables',
  ],
};

test.each(
  OBJECTS.flatMap(({ minor, golden, ours }) => golden.map((object) => ({ minor, name: id(object), object, ours }))),
)('$name is what kubeadm $minor makes', ({ name, object, ours }) => {
  const own = ours.find((candidate) => id(candidate) === name);
  expect(own).toBeDefined();
  const expected = leaves(object);
  const found = leaves(own);
  expect(found.filter((leaf) => !expected.includes(leaf))).toEqual(KNOWN[name] ?? []);
  const changed = (KNOWN[name] ?? []).map((leaf) => `${leaf.slice(0, leaf.indexOf(' '))} `);
  const lacking = expected.filter((leaf) => !found.includes(leaf) && !changed.some((path) => leaf.startsWith(path)));
  expect(lacking).toEqual([]);
});

/** What kinit says of kubelets beyond kubeadm. */
const MORE_OF_KUBELETS = [
  // CIS 4.2.8: no event is lost.
  'eventRecordQPS 50',
  // The inventory's choices (kubelet.cgroupV1, swap), said whatever a version's default is.
  'failCgroupV1 true',
  'failSwapOn true',
  // CIS 4.2.6: said, though it is the default.
  'makeIPTablesUtilChains true',
  // CIS 4.2.13 and 4.2.14: a pod's processes are bounded, and it has the runtime's seccomp profile.
  'podPidsLimit 4096',
  'seccompDefault true',
  // CIS 4.2.11: the serving certificate renews itself (docs/certificates.md).
  'serverTLSBootstrap true',
  // CIS 4.2.5: an exec or a log that is silent ends.
  'streamingConnectionIdleTimeout 5m0s',
  // CIS 4.2.12.
  ...TLS_CIPHER_SUITES.map((suite, i) => `tlsCipherSuites.${String(i)} ${suite}`),
  'tlsMinVersion VersionTLS12',
];

/** Rules and bindings beyond kubeadm's of every version. */
const MORE_RBAC = [
  // What the approver may do is held in test/add-ons/serving-approver.
  'ClusterRole /kinit:serving-approver',
  'ClusterRoleBinding /kinit:serving-approver',
  // Of kubeconfig's phase, which a dry run leaves out.
  'ClusterRoleBinding /kubeadm:cluster-admins',
];
/**
 * kubeadm 1.35.4 still made the API server an administrator for kubelets (O=kubeadm:cluster-admins in its client certificate);
 * 1.34.10 and 1.36 give it the rights to kubelets alone, and so does kinit of every version.
 */
const MORE_RBAC_OF: Partial<Record<KubeadmMinor, readonly string[]>> = {
  '1.35': ['ClusterRoleBinding /kubeadm:apiserver-kubelet-client'],
};

test.each(OBJECTS)('there is no rule and no binding that kubeadm $minor does not have, but those', (of) => {
  const rbac = of.ours.filter(({ apiVersion }) => apiVersion.startsWith('rbac.')).map(id);
  const more = rbac.filter((name) => !of.golden.map(id).includes(name));
  expect(more.sort()).toEqual([...MORE_RBAC, ...(MORE_RBAC_OF[of.minor] ?? [])].sort());
});

test.each(EACH_KUBEADM)('the configuration of kubelets is that of kubeadm %s, and hardened', (minor, version) => {
  const found = leaves(parse(sharedKubeletConfiguration(kubeadmContext(version))));
  const expected = leaves(parse(goldenKubeadm(minor, 'kubelet-config.yaml')));
  expect(expected.filter((leaf) => !found.includes(leaf))).toEqual([]);
  expect(found.filter((leaf) => !expected.includes(leaf))).toEqual(MORE_OF_KUBELETS);
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
