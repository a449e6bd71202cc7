import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { staticPods } from '../../../src/control-plane/static-pods/index.js';
import type { Node, PhaseContext } from '../../../src/model/phase.js';
import { kubeletFlags } from '../../../src/phases/cluster/kubelet/flags.js';
import { kubeconfig } from '../../../src/pki/index.js';
import { EACH_KUBEADM, goldenKubeadm } from '../../golden.js';
import { kubeadmContext, makeContext } from '../../templates/context.js';

interface Pod {
  metadata: { annotations?: Record<string, string> };
  spec: {
    containers: [
      {
        command: string[];
        image: string;
        volumeMounts: { name: string }[];
        ports: { name: string; containerPort: number }[];
        livenessProbe: { httpGet: { host?: string } };
      },
    ];
    volumes: { name: string }[];
  };
}

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** The manifest as it stands on the host. */
function manifest(name: (typeof NAMES)[number], context: PhaseContext): string {
  const path = `/etc/kubernetes/manifests/${name}.yaml`;
  const found = [
    ...staticPods.datastore(context),
    ...staticPods.apiServer(context),
    ...staticPods.controllers(context),
  ].find(({ id }) => id === `file:${path}`);
  return (found as unknown as { content: string }).content;
}

const command = (text: string): string[] => (parse(text) as Pod).spec.containers[0].command;
const flag = (text: string, name: string): string | undefined =>
  command(text)
    .find((item) => item.startsWith(`--${name}=`))
    ?.slice(name.length + 3);

/** What kinit has besides: etcd is not started where there are none of its data. */
const BESIDES = 'etcd-member';

/** A pod without what has no order and without kinit's own annotations. */
function comparable(text: string): Pod {
  const pod = parse(text) as Pod;
  const [container] = pod.spec.containers;
  const inOrder = <T extends { name: string }>(list: readonly T[]): T[] =>
    list.filter(({ name }) => name !== BESIDES).sort((a, b) => a.name.localeCompare(b.name));
  container.volumeMounts = inOrder(container.volumeMounts);
  pod.spec.volumes = inOrder(pod.spec.volumes);
  const { annotations = {}, ...metadata } = pod.metadata;
  const others = Object.entries(annotations).filter(([name]) => !name.startsWith('kinit/'));
  pod.metadata = others.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(others) };
  return pod;
}

test.each(NAMES.flatMap((name) => EACH_KUBEADM.map(([minor, version]) => ({ name, minor, version }))))(
  '$name is what kubeadm $minor renders from the ClusterConfiguration kinit stores',
  ({ name, minor, version }) => {
    const golden = goldenKubeadm(minor, `${name}.yaml`);
    expect(comparable(manifest(name, kubeadmContext(version)))).toEqual(comparable(golden));
  },
);

test('etcd is not started without the folder of its data, which nobody makes but who begins', () => {
  const context = makeContext({ kubernetesVersion: '1.36.3', etcd: { dataDir: '/data' } });
  expect((parse(manifest('etcd', context)) as Pod).spec.volumes).toContainEqual({
    name: BESIDES,
    hostPath: { path: '/data/member', type: 'Directory' },
  });
});

test('drivers of FlexVolumes lie where the user says', () => {
  const controllerManager = { extraArgs: { 'flex-volume-plugin-dir': '/opt/drivers' } };
  const text = manifest('kube-controller-manager', makeContext({ kubernetesVersion: '1.35.4', controllerManager }));
  expect((parse(text) as Pod).spec.volumes).toContainEqual({
    name: 'flexvolume-dir',
    hostPath: { path: '/opt/drivers', type: 'DirectoryOrCreate' },
  });
});

test("the user's flags win over kinit's and kubeadm's, and stand once", () => {
  const text = manifest(
    'kube-apiserver',
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
  const text = manifest('kube-apiserver', makeContext({ apiServer: { extraArgs: { [name]: 'x' } } }));
  expect(flag(text, 'authentication-config')).toBeUndefined();
});

test("a file of the user's that says who may do what stands alone; a mode beside it keeps the API server down", () => {
  const extraArgs = { 'authorization-config': '/etc/kubernetes/authorization.yaml' };
  const text = manifest('kube-apiserver', makeContext({ apiServer: { extraArgs } }));
  expect(flag(text, 'authorization-config')).toBe('/etc/kubernetes/authorization.yaml');
  expect(flag(text, 'authorization-mode')).toBeUndefined();
});

test("the API server asks etcd where the user's own addresses say", () => {
  const context = makeContext({ etcd: { extraArgs: { 'advertise-client-urls': 'https://10.9.9.9:2379' } } });
  expect(flag(manifest('kube-apiserver', context), 'etcd-servers')).toBe('https://10.9.9.9:2379');
});

// What `kubeadm init phase etcd local` of 1.36.3 makes of the same flag; it probes 0.0.0.0 as such, which is the loopback too.
test.each([
  ['http://10.0.0.1:2381', { host: '10.0.0.1', port: 2381, scheme: 'HTTP' }],
  ['https://10.0.0.1:9999,http://127.0.0.1:2381', { host: '10.0.0.1', port: 9999, scheme: 'HTTPS' }],
  ['http://[fd00::1]:2381', { host: 'fd00::1', port: 2381, scheme: 'HTTP' }],
  ['http://0.0.0.0:2381', { host: '127.0.0.1', port: 2381, scheme: 'HTTP' }],
  ['no url', { host: '127.0.0.1', port: 2381, scheme: 'HTTP' }],
])('etcd whose metrics are at %s is probed there', (urls, { port, ...probe }) => {
  const text = manifest('etcd', makeContext({ etcd: { extraArgs: { 'listen-metrics-urls': urls } } }));
  const [container] = (parse(text) as Pod).spec.containers;
  expect(container.livenessProbe.httpGet).toMatchObject(probe);
  expect(container.ports).toMatchObject([{ name: 'probe-port', containerPort: port }]);
});

test.each(NAMES)('%s carries the digest of its own manifest, which any change of it changes', (name) => {
  const digest = (text: string): string | undefined =>
    (parse(text) as Pod).metadata.annotations?.['kinit/manifest-sha256'];
  const text = manifest(name, makeContext());
  const flags = { extraArgs: { v: '3' } };
  const changed = makeContext({ apiServer: flags, controllerManager: flags, scheduler: flags, etcd: flags });
  expect(digest(text)).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(manifest(name, makeContext()))).toBe(digest(text));
  expect(digest(manifest(name, changed))).not.toBe(digest(text));
});

test('a changed encryption key restarts the API server', () => {
  const context = makeContext();
  const other = {
    ...context,
    material: { n1: { '/etc/kubernetes/encryption-config.yaml': { content: 'other', mode: 0o600 } } },
  };
  expect(manifest('kube-apiserver', other)).not.toBe(manifest('kube-apiserver', context));
  expect(manifest('kube-apiserver', other)).not.toContain('other');
});

test('nothing signs certificates in the cluster when the CA key is kept elsewhere', () => {
  const text = manifest('kube-controller-manager', { ...makeContext(), material: {} });
  expect(flag(text, 'cluster-signing-key-file')).toBe('');
  expect(flag(manifest('kube-controller-manager', makeContext()), 'cluster-signing-key-file')).toBe(
    '/etc/kubernetes/pki/ca.key',
  );
});

test('a component on all addresses is probed at the address of its pod', () => {
  const text = manifest('kube-scheduler', makeContext({ scheduler: { extraArgs: { 'bind-address': '0.0.0.0' } } }));
  expect((parse(text) as Pod).spec.containers[0].livenessProbe.httpGet.host).toBeUndefined();
});

test('an external cloud provider reaches the controller manager and the kubelet', () => {
  const context = makeContext({ cloudProvider: 'external' });
  expect(flag(manifest('kube-controller-manager', context), 'cloud-provider')).toBe('external');
  expect(kubeletFlags(context)).toContain('--cloud-provider=external');
  expect(kubeletFlags(makeContext())).not.toContain('cloud-provider');
});

describe('etcd on several hosts', () => {
  const hosts = ['n1', 'n2', 'n3'].map((name, i) => ({ name, address: `10.77.0.1${i + 1}`, roles: ['control-plane'] }));
  const context = makeContext({ hosts });
  const on = (index: number, of = context): PhaseContext => ({ ...of, node: of.nodes[index] as Node });
  const member = (of: PhaseContext): { manifest: { content: string }; others: string[] } | undefined =>
    staticPods.datastore(of).find(({ kind }) => kind === 'etcdMember') as never;
  /** As it is once this manifest lies on its host. */
  const begun = (of: PhaseContext, name: string, text: string): PhaseContext => {
    const nodes = of.nodes.map((node) =>
      node.spec.name === name
        ? { ...node, facts: { ...node.facts, kubernetes: { ...node.facts.kubernetes, manifests: { [PATH]: text } } } }
        : node,
    );
    const find = (node: Node): Node => nodes.find(({ spec }) => spec.name === node.spec.name) as Node;
    return { ...of, nodes, node: find(of.node), leader: find(of.leader) };
  };
  const PATH = '/etc/kubernetes/manifests/etcd.yaml';

  test('the leader of a new cluster begins it alone, the others join what is there by then', () => {
    expect(flag(manifest('etcd', context), 'initial-cluster')).toBe('n1=https://10.77.0.11:2380');
    expect(member(context)).toBeUndefined();
    const { manifest: first, others } = member(on(1)) ?? fail();
    expect(flag(first.content, 'initial-cluster-state')).toBe('existing');
    expect(flag(first.content, 'initial-cluster')).toBe('@KINIT_MEMBERS@');
    expect(others).toEqual(['https://10.77.0.11:2379', 'https://10.77.0.13:2379']);
    expect(staticPods.datastore(on(1)).map(({ id }) => id)).not.toContain(`file:${PATH}`);
  });

  test('what a member was begun with stays, and whether it runs as it should does not hang on that', () => {
    const written = (member(on(1)) ?? fail()).manifest.content.replace(
      '@KINIT_MEMBERS@',
      'n1=https://a:2380,n2=https://b:2380',
    );
    const later = begun(on(1), 'n2', written);
    expect(manifest('etcd', later)).toBe(written);
    expect(member(later)).toBeDefined();
    const digest = /manifest-sha256: (\S+)/.exec(written)?.[1];
    expect(
      manifest('etcd', { ...context, node: context.nodes[1] as Node, leader: context.nodes[1] as Node }),
    ).toContain(digest);
  });

  const kept = (of: PhaseContext): { content: string; incoming: string } | undefined =>
    (staticPods.datastoreKept(of)[0] as unknown as { manifest: never } | undefined)?.manifest;

  test('the one that began the cluster begins no other where its data are lost: it names nobody whom it could ask', () => {
    const { content, incoming } = kept(context) ?? fail();
    expect(flag(content, 'initial-cluster-state')).toBe('existing');
    expect(flag(content, 'initial-cluster')).toBe('n1=https://10.77.0.11:2380');
    expect(incoming).toBe('/etc/kubernetes/etcd.yaml.kinit-new');
    const later = begun(context, 'n1', content);
    expect(manifest('etcd', later)).toBe(content);
    expect(staticPods.datastoreKept(later)).toEqual([]);
    // Also as the only one that is left.
    const only = makeContext({ hosts: hosts.slice(0, 1) });
    expect(manifest('etcd', begun(only, 'n1', content))).toBe(content);
  });

  test('nothing of that on those that came to it, and on the only one', () => {
    expect(staticPods.datastoreKept(on(1))).toEqual([]);
    const written = (member(on(1)) ?? fail()).manifest.content;
    expect(staticPods.datastoreKept(begun(on(1), 'n2', written))).toEqual([]);
    expect(staticPods.datastoreKept(makeContext())).toEqual([]);
  });

  test.each([
    [1, false],
    [2, false],
    [3, true],
  ])('of %i control planes: the manifest of etcd makes way before the next one comes: %s', (count, expected) => {
    const of = begun(makeContext({ hosts: hosts.slice(0, count) }), 'n1', manifest('etcd', context));
    const written = staticPods.datastore(of).find(({ id }) => id === `file:${PATH}`);
    expect('exchange' in (written ?? {})).toBe(expected);
    const script = (staticPods.datastoreKept(of)[0] as unknown as { manifest: { script: string } } | undefined)
      ?.manifest.script;
    expect(script?.includes('kinit-new')).toBe(count === 1 ? undefined : true);
    expect(script?.includes('/var/log/pods')).toBe(count === 1 ? undefined : expected);
  });

  test('a cluster that has begun on another host is joined, also by the first of the inventory', () => {
    const moved = begun(
      { ...context, leader: context.nodes[1] as Node },
      'n2',
      manifest('etcd', on(1, { ...context, leader: context.nodes[1] as Node })),
    );
    expect(member(moved)).toBeDefined();
    expect(staticPods.datastore(moved).map(({ id }) => id)).not.toContain(`file:${PATH}`);
  });

  test('with one control plane nobody asks who is a member', () => {
    const alone = makeContext();
    expect(member(begun(alone, alone.node.spec.name, manifest('etcd', alone)))).toBeUndefined();
  });
});

const fail = (): never => {
  throw new Error('there is no member');
};

test('IPv6 addresses stand in brackets where a port follows', () => {
  const context = makeContext({ hosts: [{ name: 'n1', address: 'fd00::11', roles: ['control-plane'] }] });
  expect(flag(manifest('etcd', context), 'listen-client-urls')).toBe('https://[::1]:2379,https://[fd00::11]:2379');
  expect((parse(manifest('kube-apiserver', context)) as Pod).metadata.annotations).toMatchObject({
    'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': '[fd00::11]:6443',
  });
});

test.each(['kube-controller-manager', 'kube-scheduler'] as const)(
  '%s is restarted by a renewed certificate',
  (name) => {
    const withCertificate = (certPem: string): string => {
      const context = makeContext();
      const content = kubeconfig({
        clusterName: 'c',
        server: 'https://x',
        caPem: 'CA',
        userName: 'u',
        user: { certPem, keyPem: 'KEY' },
      });
      const path = `/etc/kubernetes/${name.slice('kube-'.length)}.conf`;
      return manifest(name, {
        ...context,
        material: { [context.node.spec.name]: { [path]: { content, mode: 0o600 } } },
      });
    };
    expect(withCertificate('ONE')).toBe(withCertificate('ONE'));
    expect(withCertificate('ONE')).not.toBe(withCertificate('TWO'));
  },
);

test.each([
  ['to-soak', 'kube=1.35'],
  ['soak', 'kube=1.35'],
  ['from-soak', undefined],
  [undefined, undefined],
])('of an upgrade that is at step %s, components behave as version %s', (step, emulated) => {
  const move = { what: 'upgrade', from: '1.35.4', to: '1.36.3', ...(step === undefined ? {} : { step }) };
  const context = makeContext({ kubernetesVersion: '1.35.4' }, { moves: [move] });
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const)
    expect({ name, flag: flag(manifest(name, context), 'emulated-version') }).toEqual({ name, flag: emulated });
  expect(flag(manifest('etcd', context), 'emulated-version')).toBeUndefined();
});
