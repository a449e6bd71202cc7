import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as render from '../../src/templates/index.js';
import { makeContext } from './context.js';

interface Pod {
  metadata: { annotations?: Record<string, string> };
  spec: {
    containers: [
      {
        command: string[];
        image: string;
        volumeMounts: { name: string }[];
        livenessProbe: { httpGet: { host?: string } };
      },
    ];
    volumes: { name: string }[];
  };
}

const RENDERERS = {
  etcd: render.renderEtcdManifest,
  'kube-apiserver': render.renderApiServerManifest,
  'kube-controller-manager': render.renderControllerManagerManifest,
  'kube-scheduler': render.renderSchedulerManifest,
} as const;
const NAMES = Object.keys(RENDERERS) as (keyof typeof RENDERERS)[];

const command = (text: string): string[] => (parse(text) as Pod).spec.containers[0].command;
const flag = (text: string, name: string): string | undefined =>
  command(text)
    .find((item) => item.startsWith(`--${name}=`))
    ?.slice(name.length + 3);

/** A pod without what has no order and without kinit's own annotation. */
function comparable(text: string): Pod {
  const pod = parse(text) as Pod;
  const [container] = pod.spec.containers;
  for (const list of [container.volumeMounts, pod.spec.volumes]) list.sort((a, b) => a.name.localeCompare(b.name));
  if (pod.metadata.annotations !== undefined) delete pod.metadata.annotations['kinit/config-sha256'];
  return pod;
}

// Made by `kubeadm init phase control-plane all` and `etcd local` of 1.36.3 from the ClusterConfiguration of the same context.
test.each(NAMES)('%s is what kubeadm 1.36 renders from the ClusterConfiguration kinit stores', (name) => {
  const golden = readFileSync(new URL(`../golden/kubeadm-1.36/${name}.yaml`, import.meta.url), 'utf8');
  expect(comparable(RENDERERS[name](makeContext()))).toEqual(comparable(golden));
});

test.each(NAMES)('%s of 1.34 differs by its image only', (name) => {
  const old = RENDERERS[name](makeContext({ kubernetesVersion: '1.34.1' }));
  expect(old.replaceAll('v1.34.1', 'v1.36.3')).toBe(RENDERERS[name](makeContext()));
});

test.each([
  ['audit-policy.yaml', render.renderAuditPolicy()],
  ['admission.yaml', render.renderAdmissionConfiguration(makeContext())],
  ['authentication.yaml', render.renderAuthenticationConfiguration()],
])('%s is the golden file', (name, text) => {
  expect(text).toBe(readFileSync(new URL(`../golden/config/${name}`, import.meta.url), 'utf8'));
});

test("the user's flags win over kinit's and kubeadm's, and stand once", () => {
  const text = render.renderApiServerManifest(
    makeContext({
      apiServer: {
        extraArgs: { profiling: 'true', 'authorization-mode': 'Node,RBAC,Webhook', 'max-requests-inflight': '800' },
      },
    }),
  );
  expect(command(text).filter((item) => item.startsWith('--profiling'))).toEqual(['--profiling=true']);
  expect(command(text).filter((item) => item.startsWith('--authorization-mode'))).toEqual([
    '--authorization-mode=Node,RBAC,Webhook',
  ]);
  expect(flag(text, 'max-requests-inflight')).toBe('800');
});

test.each(['anonymous-auth', 'oidc-issuer-url'])('a user who sets %s gets no authentication file beside it', (name) => {
  const text = render.renderApiServerManifest(makeContext({ apiServer: { extraArgs: { [name]: 'x' } } }));
  expect(flag(text, 'authentication-config')).toBeUndefined();
});

test('a changed encryption key restarts the API server', () => {
  const context = makeContext();
  const other = {
    ...context,
    material: { n1: { '/etc/kubernetes/encryption-config.yaml': { content: 'other', mode: 0o600 } } },
  };
  expect(render.renderApiServerManifest(other)).not.toBe(render.renderApiServerManifest(context));
  expect(render.renderApiServerManifest(other)).not.toContain('other');
});

test('nothing signs certificates in the cluster when the CA key is kept elsewhere', () => {
  const text = render.renderControllerManagerManifest({ ...makeContext(), material: {} });
  expect(flag(text, 'cluster-signing-key-file')).toBe('');
  expect(flag(render.renderControllerManagerManifest(makeContext()), 'cluster-signing-key-file')).toBe(
    '/etc/kubernetes/pki/ca.key',
  );
});

test('a component on all addresses is probed at the address of its pod', () => {
  const text = render.renderSchedulerManifest(makeContext({ scheduler: { extraArgs: { 'bind-address': '0.0.0.0' } } }));
  expect((parse(text) as Pod).spec.containers[0].livenessProbe.httpGet.host).toBeUndefined();
});

test('an external cloud provider reaches the controller manager and the kubelet', () => {
  const context = makeContext({ cloudProvider: 'external' });
  expect(flag(render.renderControllerManagerManifest(context), 'cloud-provider')).toBe('external');
  expect(render.renderKubeletFlags(context)).toContain('--cloud-provider=external');
  expect(render.renderKubeletFlags(makeContext())).not.toContain('cloud-provider');
});

test('etcd members join one after the other, in the order of the inventory', () => {
  const hosts = ['n1', 'n2', 'n3'].map((name, i) => ({ name, address: `10.77.0.1${i + 1}`, roles: ['control-plane'] }));
  const context = makeContext({ hosts });
  const second = render.renderEtcdManifest({ ...context, node: context.nodes[1] ?? context.node });
  expect(flag(render.renderEtcdManifest(context), 'initial-cluster')).toBe('n1=https://10.77.0.11:2380');
  expect(flag(second, 'initial-cluster')).toBe('n1=https://10.77.0.11:2380,n2=https://10.77.0.12:2380');
  expect(flag(second, 'initial-cluster-state')).toBe('existing');
});

test('IPv6 addresses stand in brackets where a port follows', () => {
  const context = makeContext({ hosts: [{ name: 'n1', address: 'fd00::11', roles: ['control-plane'] }] });
  expect(flag(render.renderEtcdManifest(context), 'listen-client-urls')).toBe(
    'https://[::1]:2379,https://[fd00::11]:2379',
  );
  expect((parse(render.renderApiServerManifest(context)) as Pod).metadata.annotations).toMatchObject({
    'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': '[fd00::11]:6443',
  });
});

test('without credentials one may ask for health and cluster-info, nothing else', () => {
  const { anonymous } = parse(render.renderAuthenticationConfiguration()) as {
    anonymous: { conditions: { path: string }[] };
  };
  expect(anonymous.conditions.map(({ path }) => path)).toEqual([
    '/livez',
    '/readyz',
    '/healthz',
    '/api/v1/namespaces/kube-public/configmaps/cluster-info',
  ]);
});

test('the audit log never holds the content of a Secret', () => {
  const { rules } = parse(render.renderAuditPolicy()) as {
    rules: {
      level: string;
      resources?: { group: string; resources: string[] }[];
      nonResourceURLs?: string[];
      users?: string[];
      userGroups?: string[];
      verbs?: string[];
    }[];
  };
  const first = rules.find(
    ({ resources, nonResourceURLs }) =>
      nonResourceURLs === undefined &&
      (resources === undefined || resources.some((item) => item.group === '' && item.resources.includes('secrets'))),
  );
  expect(first).toEqual({ level: 'Metadata', resources: expect.anything() as unknown });
});
