import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { leftoversOf, strangersOf } from '../../src/leftovers/index.js';
import type { HostPast, PastFile } from '../../src/model/past.js';
import { kubeconfig } from '../../src/pki/index.js';
import { selfSignCa, signLeaf } from '../../src/pki/x509/certificate.js';
import { newKey } from '../../src/pki/x509/keys.js';
import { readCertificate } from '../../src/pki/x509/read.js';
import { RUNTIMES, type ContainerRuntime } from '../../src/runtime/index.js';
import { nodesOf, specOf } from '../preflight/nodes.js';
import { fileOf, pastOf } from './past-of.js';

interface Ca {
  readonly pem: string;
  /** Client certificate of a kubelet. */
  readonly client: string;
  readonly conf: string;
}
let own: Ca;
let other: Ca;

beforeAll(async () => {
  [own, other] = await Promise.all([makeCa(), makeCa()]);
});

async function makeCa(): Promise<Ca> {
  const period = { notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 1e8) };
  const key = await newKey('ECDSA-P256');
  const pem = selfSignCa('kubernetes', key.key, period);
  const certificate = readCertificate(pem);
  if (certificate === undefined) throw new Error('no certificate');
  const client = signLeaf(
    { commonName: 'system:node:w1', organization: 'system:nodes', usages: ['clientAuth'], sans: [] },
    createPublicKey((await newKey('ECDSA-P256')).key),
    { certificate, key: key.key },
    period,
  );
  const file = '/var/lib/kubelet/pki/kubelet-client-current.pem';
  const conf = kubeconfig({
    clusterName: 'c',
    server: 'https://192.0.2.7:6443',
    caPem: pem,
    userName: 'u',
    user: { certFile: file, keyFile: file },
  });
  return { pem, client, conf };
}

const BEGAN = 1_500_000_000;
const LATER = { changed: BEGAN + 10 };
const CURRENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';
/** The control plane of a kinit cluster. */
const controlPlane = (): HostPast =>
  pastOf({
    began: BEGAN,
    files: [
      fileOf('/etc/kubernetes/pki/ca.crt', { ...LATER, text: own.pem }),
      fileOf('/etc/kubernetes/pki/etcd/ca.crt', LATER),
      fileOf('/etc/kubernetes/kubelet.conf', { ...LATER, text: own.conf }),
      fileOf('/var/lib/etcd/member', { ...LATER, type: 'folder' }),
      fileOf('/etc/cni/net.d/10-kinit.conflist', LATER),
    ],
  });

/** What is found on c1 and w1: 'row: what', with '!' for an error. */
function found({
  c1 = pastOf(),
  w1 = pastOf(),
  spec = {},
  active = false,
}: {
  c1?: HostPast;
  w1?: HostPast;
  spec?: Record<string, unknown>;
  active?: boolean;
}): Record<'c1' | 'w1', string[]> {
  const kubernetes = {
    membership: 'none',
    kubeletActive: active,
    pki: {},
    journal: false,
    made: false,
    manifests: {},
  } as const;
  const nodes = nodesOf({ controlPlane: { past: c1 }, worker: { past: w1, kubernetes } });
  const all = leftoversOf(nodes, specOf(spec));
  const lines = (name: string): string[] =>
    (all.get(name) ?? []).map(
      ({ row, what, severity, setAside }) =>
        `${row.name}${severity === 'error' ? '!' : ''}: ${what}${setAside === undefined ? '' : ' aside'}`,
    );
  return { c1: lines('c1'), w1: lines('w1') };
}

describe('a host that nobody has used, and one that is a node of this cluster', () => {
  test('nothing is left over', () => {
    expect(found({})).toEqual({ c1: [], w1: [] });
    const w1 = pastOf({
      began: BEGAN,
      files: [
        fileOf('/etc/kubernetes/kubelet.conf', { ...LATER, text: own.conf }),
        fileOf('/etc/kubernetes/pki/ca.crt', { ...LATER, text: own.pem }),
        fileOf(CURRENT, { ...LATER, text: own.client }),
        fileOf('/var/lib/kubelet/cpu_manager_state', LATER),
        fileOf('/etc/cni/net.d/00-multus.conf', { ...LATER, text: '{"type":"multus-shim"}' }),
      ],
    });
    expect(found({ c1: controlPlane(), w1 })).toEqual({ c1: [], w1: [] });
  });

  test('a restore that was cut while it moved the data of this very cluster is an error', () => {
    const { files, ...past } = controlPlane();
    const cut = [...files, fileOf('/var/lib/etcd/kinit-replacing', LATER)];
    expect(found({ c1: { ...past, files: cut } }).c1).toEqual(['etcd-replacing!: /var/lib/etcd/kinit-replacing']);
    const mark = '/var/lib/kinit-datastore/kinit-replacing';
    expect(found({ c1: { ...past, files: [...files, fileOf(mark, LATER)] } }).c1).toEqual([
      `sqlite-replacing!: ${mark}`,
    ]);
  });

  test('an init that was killed anywhere has left nothing of a stranger', () => {
    const { files, ...past } = controlPlane();
    for (let count = 0; count <= files.length; count++)
      expect(found({ c1: { ...past, files: files.slice(0, count) } }).c1).toEqual([]);
    // The clock was set back meanwhile: what kinit has recorded is its own.
    const c1 = pastOf({
      began: BEGAN,
      recorded: ['file:/etc/kubernetes/pki/ca.crt', 'file:/etc/kubernetes/admin.conf'],
      files: [
        fileOf('/etc/kubernetes/pki/ca.crt', { text: own.pem }),
        fileOf('/etc/kubernetes/admin.conf', { text: own.conf }),
      ],
    });
    expect(found({ c1 }).c1).toEqual([]);
  });

  test('one that joined by the stock kubeadm, where kinit has never been', () => {
    const w1 = pastOf({
      files: [
        fileOf('/etc/kubernetes/kubelet.conf', { text: own.conf }),
        fileOf('/etc/kubernetes/pki/ca.crt', { text: own.pem }),
        fileOf(CURRENT, { text: own.client }),
        fileOf('/var/lib/kubelet/pods/x', { type: 'folder' }),
      ],
    });
    expect(found({ c1: controlPlane(), w1 }).w1).toEqual([]);
  });

  describe("without its CA's certificate, which is missing and no other one, nothing is another cluster's", () => {
    const CRT = '/etc/kubernetes/pki/ca.crt';
    const DATABASE = fileOf('/var/lib/kinit-datastore/state.db', LATER);
    const cut = (...more: readonly string[]): HostPast => {
      const { files, ...past } = controlPlane();
      const leaf = fileOf('/etc/kubernetes/pki/apiserver.crt', { ...LATER, text: own.client });
      return { ...past, files: [...files, leaf, DATABASE].filter(({ path }) => ![CRT, ...more].includes(path)) };
    };
    const joined = (ca: Ca): HostPast =>
      pastOf({
        began: BEGAN,
        files: [
          fileOf('/etc/kubernetes/kubelet.conf', { ...LATER, text: ca.conf }),
          fileOf(CRT, { ...LATER, text: ca.pem }),
          fileOf(CURRENT, { ...LATER, text: ca.client }),
        ],
      });

    test('a kubeconfig, or else a worker, tells whose cluster it is', () => {
      for (const c1 of [cut(), cut('/etc/kubernetes/kubelet.conf')]) {
        expect(found({ c1, w1: joined(own) })).toEqual({ c1: [], w1: [] });
        expect(found({ c1: cut(), w1: joined(other) })).toEqual({
          c1: [],
          w1: expect.arrayContaining(['cluster-files!: /etc/kubernetes/kubelet.conf']) as string[],
        });
      }
    });

    test('where nothing tells, and where no control plane was asked, nobody is accused', () => {
      expect(found({ c1: cut('/etc/kubernetes/kubelet.conf') })).toEqual({ c1: [], w1: [] });
      const nodes = nodesOf({ worker: { past: joined(own) } }).filter(({ isControlPlane }) => !isControlPlane);
      expect(leftoversOf(nodes, specOf()).get('w1')).toEqual([]);
      expect(strangersOf(nodes, specOf()).size).toBe(0);
    });
  });

  test('a second manifest of a static pod is an error, whatever its name; one of another pod is its owner’s affair', () => {
    const { files, ...past } = controlPlane();
    const manifest = (name: string, pod: string, text = ''): PastFile =>
      fileOf(`/etc/kubernetes/manifests/${name}`, {
        ...LATER,
        text:
          text ||
          `apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    name: x\n  name: ${pod}\n  namespace: kube-system\n`,
      });
    const own = ['kube-apiserver', 'kube-scheduler'].map((name) => manifest(`${name}.yaml`, name));
    const more = [
      manifest('a-scheduler.yaml.bak', 'kube-scheduler'),
      manifest(
        'kube-apiserver.yaml.old',
        '',
        '{"kind":"Pod","metadata":{"name":"kube-apiserver","namespace":"kube-system"}}',
      ),
      manifest('web.yaml', 'web'),
      manifest('notes.txt', '', 'kind: {'),
    ];
    expect(found({ c1: { ...past, files: [...files, ...more, ...own] } }).c1).toEqual([
      'manifest-copies!: /etc/kubernetes/manifests/a-scheduler.yaml.bak',
      'manifest-copies!: /etc/kubernetes/manifests/kube-apiserver.yaml.old',
    ]);
    expect(found({ c1: { ...past, files: [...files, ...own, ...more.slice(2)] } }).c1).toEqual([]);
    // Before the cluster it is a stranger's like all there.
    const older = more.slice(0, 1).map((file) => ({ ...file, changed: BEGAN - 10 }));
    expect(found({ w1: pastOf({ began: BEGAN, files: older }) }).w1).toEqual([`manifests!: ${older[0]?.path ?? ''}`]);
  });

  test('authorities that were laid there for a cluster to come are no leftover', () => {
    const files = [
      fileOf('/etc/kubernetes/pki/ca.crt', { text: other.pem }),
      fileOf('/etc/kubernetes/pki/ca.key'),
      fileOf('/etc/kubernetes/pki/front-proxy-ca.crt', { text: other.pem }),
      fileOf('/etc/kubernetes/pki/front-proxy-ca.key'),
    ];
    expect(found({ c1: pastOf({ files }) }).c1).toEqual([]);
    expect(found({ c1: pastOf({ files: files.slice(2) }) }).c1).toEqual([]);
    // Without its key it is what a worker had.
    expect(found({ c1: pastOf({ files: files.slice(0, 1) }) }).c1).toEqual(['cluster-files!: /etc/kubernetes/pki']);
  });
});

const ROWS: readonly {
  readonly name: string;
  readonly on: 'c1' | 'w1';
  readonly files: () => PastFile[];
  readonly found: readonly string[];
}[] = [
  {
    name: 'CNI configuration that comes first by name, of any ending; behind ours it is worth a word',
    on: 'w1',
    files: () =>
      ['05-cilium.conf', '10-calico.conflist', '10-containerd-net.json', '87-podman-bridge.conflist', 'x.bak'].map(
        (name) => fileOf(`/etc/cni/net.d/${name}`, { text: '{"name":"n","plugins":[{"type":"bridge"}]}' }),
      ),
    found: [
      'cni-configuration!: /etc/cni/net.d/05-cilium.conf aside',
      'cni-configuration!: /etc/cni/net.d/10-calico.conflist aside',
      'cni-configuration!: /etc/cni/net.d/10-containerd-net.json aside',
      'cni-configuration: /etc/cni/net.d/87-podman-bridge.conflist aside',
    ],
  },
  {
    name: "a client certificate of another cluster's authority",
    on: 'w1',
    files: () => [fileOf(CURRENT, { type: 'link', text: other.client })],
    found: [`kubelet-state!: ${CURRENT} aside`],
  },
  {
    name: 'kubelet.conf and ca.crt of another cluster',
    on: 'w1',
    files: () => [
      fileOf('/etc/kubernetes/kubelet.conf', { text: other.conf }),
      fileOf('/etc/kubernetes/pki/ca.crt', { text: other.pem }),
    ],
    found: ['cluster-files!: /etc/kubernetes/kubelet.conf aside', 'cluster-files!: /etc/kubernetes/pki aside'],
  },
  {
    name: 'what the kubelet remembers: one line a folder',
    on: 'w1',
    files: () => [
      fileOf('/var/lib/kubelet/cpu_manager_state'),
      fileOf('/var/lib/kubelet/pods/a', { type: 'folder' }),
      fileOf('/var/lib/kubelet/pods/b', { type: 'folder' }),
    ],
    found: ['kubelet-state!: /var/lib/kubelet/cpu_manager_state aside', 'kubelet-state!: /var/lib/kubelet/pods aside'],
  },
  {
    name: "etcd's data where there is no certificate of its own",
    on: 'c1',
    files: () => [
      fileOf('/var/lib/etcd/member', { type: 'folder' }),
      fileOf('/var/lib/etcd/lost+found', { type: 'folder' }),
    ],
    found: ['etcd-data!: /var/lib/etcd aside'],
  },
  {
    name: 'static pods, of any name',
    on: 'w1',
    files: () => [
      fileOf('/etc/kubernetes/manifests/kube-vip.yaml'),
      fileOf('/etc/kubernetes/manifests/keepalived.yml'),
    ],
    found: [
      'manifests!: /etc/kubernetes/manifests/kube-vip.yaml aside',
      'manifests!: /etc/kubernetes/manifests/keepalived.yml aside',
    ],
  },
  {
    name: "the subnet and the addresses of an earlier network; another tool's addresses are its own",
    on: 'w1',
    files: () => [
      fileOf('/run/flannel/subnet.env', { text: 'FLANNEL_SUBNET=10.42.3.1/24' }),
      fileOf('/var/lib/cni/networks/cbr0/10.244.0.2'),
      fileOf('/var/lib/cni/networks/podman/10.88.0.2'),
    ],
    found: ['network-state!: /run/flannel/subnet.env aside', 'network-state!: /var/lib/cni/networks/cbr0 aside'],
  },
  {
    name: 'drop-ins with another program, flags of the kubelet; limits, proxies and files of packages stay',
    on: 'w1',
    files: () => [
      fileOf('/etc/systemd/system/containerd.service.d/x.conf', {
        text: '[Service]\nExecStart=\nExecStart=/usr/bin/c\n',
      }),
      fileOf('/usr/lib/systemd/system/kubelet.service.d/20-x.conf', {
        text: '[Service]\nEnvironment="KUBELET_EXTRA_ARGS=--v=4"\n',
      }),
      fileOf('/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', { text: 'ExecStart=/usr/bin/kubelet' }),
      fileOf('/etc/systemd/system/kubelet.service.d/proxy.conf', { text: 'Environment=HTTPS_PROXY=http://p' }),
      fileOf('/etc/default/kubelet', { text: 'KUBELET_EXTRA_ARGS=\n' }),
      fileOf('/etc/sysconfig/kubelet', { text: 'KUBELET_EXTRA_ARGS="--node-ip=10.0.2.15"\n' }),
    ],
    found: [
      'service-settings!: /etc/systemd/system/containerd.service.d/x.conf aside',
      'service-settings!: /usr/lib/systemd/system/kubelet.service.d/20-x.conf',
      'service-settings!: /etc/sysconfig/kubelet aside',
    ],
  },
  {
    name: "what the runtime imports, where it sets what a cluster needs; a GPU's runtime is its owner's",
    on: 'w1',
    files: () => [
      fileOf('/etc/containerd/conf.d/old.toml', { text: 'version = 2\n[x]\n  conf_dir = "/etc/old"\n' }),
      fileOf('/etc/containerd/conf.d/99-nvidia.toml', { text: 'version = 2\n[x]\n  runtime_type = "io.x"\n' }),
    ],
    found: ['runtime-imports!: /etc/containerd/conf.d/old.toml aside'],
  },
  {
    name: "kubectl's way to another cluster is only said",
    on: 'w1',
    files: () => [
      fileOf('/root/.kube/config', { text: other.conf }),
      fileOf('/etc/profile.d/k3s.sh', { text: 'export KUBECONFIG=/etc/rancher/k3s/k3s.yaml\n' }),
      fileOf('/etc/profile.d/own.sh', { text: 'export KUBECONFIG=/etc/kubernetes/admin.conf\n' }),
    ],
    found: ['user-kubeconfig: /root/.kube/config', 'user-kubeconfig: /etc/profile.d/k3s.sh'],
  },
];

test('where kinit writes a kubeconfig for root, that of another cluster is in the way until kinit has written its own', () => {
  const ask = (
    kubectl: string,
    past: Partial<Parameters<typeof pastOf>[0]>,
    text: string,
  ): readonly string[] | undefined =>
    found({
      c1: controlPlane(),
      w1: pastOf({ began: BEGAN, files: [fileOf('/root/.kube/config', { ...LATER, text })], ...past }),
      spec: { leftovers: 'set-aside', kubectl },
    })['w1'];
  expect(ask('all', {}, other.conf)).toEqual(['user-kubeconfig!: /root/.kube/config aside']);
  expect(ask('all', { recorded: ['file:/root/.kube/config'] }, other.conf)).toEqual([]);
  expect(ask('all', {}, own.conf)).toEqual([]);
  expect(ask('control-plane', {}, other.conf)).toEqual([]);
});

describe('what other clusters and tools left', () => {
  test.each(ROWS)('$name', ({ on, files, found: wanted }) => {
    const past = pastOf({ files: files() });
    const spec = { leftovers: 'set-aside' };
    const c1 = on === 'c1' ? past : controlPlane();
    expect(found({ c1, ...(on === 'w1' ? { w1: past } : {}), spec })[on]).toEqual(wanted);
    // Without being asked to, kinit moves nothing.
    expect(found({ c1, ...(on === 'w1' ? { w1: past } : {}) })[on]).toEqual(
      wanted.map((line) => line.replace(/ aside$/, '')),
    );
    // A run that was broken off on the host does not make them its own.
    const begun = { ...past, began: BEGAN };
    expect(found({ c1: on === 'c1' ? begun : c1, ...(on === 'w1' ? { w1: begun } : {}), spec })[on]).toEqual(wanted);
  });

  const seen: readonly [name: string, past: Partial<HostPast>, wanted: readonly string[]][] = [
    [
      'links: ours by name, others in the ranges of the cluster; what hangs on one is not torn off',
      {
        links: [
          { name: 'cni0', ports: 0 },
          { name: 'flannel.1', ports: 0 },
          { name: 'cilium_host', ports: 0 },
          { name: 'kube-ipvs0', ports: 0 },
        ],
      },
      [
        'links!: link cni0 aside',
        'links!: link flannel.1 aside',
        'links: link cilium_host aside',
        'links!: link kube-ipvs0 aside',
      ],
    ],
    ['a bridge in use', { links: [{ name: 'cni0', ports: 2 }] }, ['links!: link cni0']],
    [
      'packet rules are told',
      {
        chains: [
          { family: 'ip', table: 'nat', name: 'KUBE-SERVICES' },
          { family: 'ip', table: 'filter', name: 'cali-FORWARD' },
          { family: 'ip', table: 'filter', name: 'DOCKER-USER' },
        ],
      },
      ['packet-rules: 1 chains KUBE-*', 'packet-rules: 1 chains cali-*'],
    ],
    [
      'another Kubernetes, running or at the next boot',
      {
        units: [
          { name: 'k3s.service', active: 'active', enabled: 'enabled' },
          { name: 'rke2-agent.service', active: 'inactive', enabled: 'enabled' },
          { name: 'k0sworker.service', active: 'inactive', enabled: 'disabled' },
        ],
      },
      ['other-node!: unit k3s.service', 'other-node!: unit rke2-agent.service'],
    ],
    [
      'kernel parameters that win at boot, under any of their names; not those before ours, nor those that agree',
      {
        sysctls: [
          { file: '/etc/sysctl.d/99-zz-hardening.conf', line: 1, text: 'net.ipv4.ip_forward = 0' },
          { file: '/etc/sysctl.d/zzzz.conf', line: 2, text: '-net/ipv4/ip_forward=0' },
          { file: '/usr/lib/sysctl.d/zzzz2.conf', line: 3, text: 'net.ipv4.conf.all.forwarding=0' },
          { file: '/etc/sysctl.d/zzzz3.conf', line: 4, text: 'net.bridge.bridge-nf-call-* = 0' },
          { file: '/etc/sysctl.d/zzzz4.conf', line: 5, text: 'net.ipv4.ip_forward =  1' },
          { file: '/etc/sysctl.conf', line: 6, text: 'kernel.panic=0' },
        ],
      },
      [
        'sysctls!: /etc/sysctl.d/zzzz.conf:2',
        'sysctls!: /usr/lib/sysctl.d/zzzz2.conf:3',
        'sysctls!: /etc/sysctl.d/zzzz3.conf:4',
        'sysctls: /etc/sysctl.conf:6',
      ],
    ],
    [
      'mounts that forbid what a node does',
      {
        places: [
          { path: '/usr/local/bin', writable: true, options: ['rw', 'noexec'] },
          { path: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec', writable: false, options: ['ro'] },
          { path: '/tmp', writable: true, options: ['rw', 'noexec', 'nosuid'] },
          { path: '/var/lib/etcd', writable: false, options: ['ro'] },
        ],
      },
      ['mounts!: /usr/local/bin', 'mounts!: /usr/libexec/kubernetes/kubelet-plugins/volume/exec'],
    ],
  ];
  test.each(seen)('%s', (_name, past, wanted) => {
    expect(found({ c1: controlPlane(), w1: pastOf(past), spec: { leftovers: 'set-aside' } }).w1).toEqual(wanted);
  });

  test('on a node of this cluster what came before it is told, and only what takes the place of its network is an error', () => {
    const joined = [
      fileOf('/etc/kubernetes/kubelet.conf', { ...LATER, text: own.conf }),
      fileOf(CURRENT, { ...LATER, text: own.client }),
    ];
    const lines = (more: Partial<HostPast>): string[] =>
      found({
        c1: controlPlane(),
        w1: pastOf({ began: BEGAN, linksBefore: ['cni0'], ...more, files: [...joined, ...(more.files ?? [])] }),
      }).w1;
    expect(lines({ files: [fileOf('/etc/cni/net.d/05-new.conf', LATER)] })).toEqual([
      'cni-configuration!: /etc/cni/net.d/05-new.conf',
    ]);
    expect(
      lines({
        links: [
          { name: 'cni0', ports: 3 },
          { name: 'flannel.1', ports: 0 },
        ],
      }),
    ).toEqual(['links: link cni0']);
    expect(lines({ sysctls: [{ file: '/etc/sysctl.d/zzzz.conf', line: 1, text: 'net.ipv4.ip_forward=0' }] })).toEqual([
      'sysctls: /etc/sysctl.d/zzzz.conf:1',
    ]);
    const full = Array.from({ length: 253 }, (_, n) =>
      fileOf(`/var/lib/cni/networks/cbr0/10.244.1.${String(n + 2)}`, LATER),
    );
    expect(lines({ files: full })).toEqual(['network-state!: /var/lib/cni/networks/cbr0']);
    expect(lines({ files: full.slice(0, 100) })).toEqual([]);
  });

  test('one host sets aside, another does not', () => {
    const past = pastOf({ files: [fileOf('/etc/cni/net.d/05-cilium.conf')] });
    const hosts = [
      { name: 'c1', address: '10.0.0.1', roles: ['control-plane'], leftovers: 'refuse' },
      { name: 'w1', address: '10.0.0.2' },
    ];
    const nodes = nodesOf({ controlPlane: { past }, worker: { past }, spec: { hosts, leftovers: 'set-aside' } });
    const all = leftoversOf(nodes, specOf({ hosts, leftovers: 'set-aside' }));
    expect(all.get('c1')?.[0]?.setAside).toBeUndefined();
    expect(all.get('w1')?.[0]?.setAside).toMatchObject({ do: 'move' });
  });

  test('a kubelet that runs is stopped by its owner, never by the way', () => {
    const w1 = pastOf({ files: [fileOf('/etc/kubernetes/kubelet.conf', { text: other.conf })] });
    const spec = { leftovers: 'set-aside' };
    expect(found({ c1: controlPlane(), w1, spec, active: true }).w1).toEqual([
      'cluster-files!: /etc/kubernetes/kubelet.conf',
    ]);
  });

  test("a kubelet that runs with another runtime than the inventory's is an error; one that only runs beside is told", () => {
    const [, crio] = RUNTIMES as unknown as [unknown, ContainerRuntime];
    const flags = fileOf('/var/lib/kubelet/kubeadm-flags.env', {
      text: `KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix://${crio.sockets[0]} --node-ip=10.0.0.2"\n`,
    });
    const configuration = fileOf('/var/lib/kubelet/config.yaml', {
      text: `kind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix://${crio.sockets[0]}\n`,
    });
    const unit = { name: `${crio.units[0]}.service`, active: 'active', enabled: 'enabled' };
    const units = [unit];
    const lines = (past: Partial<HostPast>, name = 'containerd', active = true): string[] =>
      found({ c1: controlPlane(), w1: pastOf(past), spec: { runtime: { name } }, active }).w1;
    const error = [`other-runtime!: the kubelet runs with ${crio.title}`];
    expect(lines({ files: [flags], units })).toEqual(error);
    expect(lines({ files: [configuration] })).toEqual(error);
    expect(lines({ files: [flags], units }, crio.id)).toEqual([]);
    // Its kubelet does not run: the runtime alone is in nobody's way.
    expect(lines({ files: [flags], units }, 'containerd', false)).toEqual([
      `other-runtime: unit ${crio.units[0]}.service`,
    ]);
    expect(lines({ files: [flags], units: [{ ...unit, active: 'inactive' }] }, 'containerd', false)).toEqual([]);
  });

  test.each([
    ['crio', 'artifacts', ['unit containerd.service', 'unit docker.service and unit cri-docker.service']],
    ['containerd', 'artifacts', ['unit docker.service and unit cri-docker.service']],
    ['docker', 'artifacts', ['unit containerd.service']],
    // Docker's packages start it below their engine.
    ['docker', 'docker', []],
    ['containerd', 'docker', ['unit docker.service and unit cri-docker.service']],
  ])('runtimes that run beside %s from %s are told, and nothing stops', (name, from, told) => {
    const units = ['containerd', 'docker', 'cri-docker'].map((unit) => ({
      ...{ name: `${unit}.service`, active: 'active', enabled: 'enabled' },
    }));
    const spec = { runtime: { name, from } };
    expect(found({ c1: controlPlane(), w1: pastOf({ units }), spec }).w1).toEqual(
      told.map((what) => `other-runtime: ${what}`),
    );
  });

  test('a join that never got through with an old certificate is healed: the host is no member', () => {
    const w1 = pastOf({
      began: BEGAN,
      recorded: ['service:kubelet'],
      files: [
        fileOf('/etc/kubernetes/kubelet.conf', { ...LATER, text: own.conf }),
        fileOf(CURRENT, { type: 'link', text: other.client }),
      ],
    });
    expect(found({ c1: controlPlane(), w1, spec: { leftovers: 'set-aside' }, active: true }).w1).toEqual([
      `kubelet-state!: ${CURRENT} aside`,
    ]);
    const kubernetes = {
      membership: 'member',
      kubeletActive: true,
      pki: {},
      journal: true,
      made: true,
      manifests: {},
    } as const;
    const nodes = nodesOf({ controlPlane: { past: controlPlane() }, worker: { past: w1, kubernetes } });
    expect(strangersOf(nodes, specOf()).get('w1')?.kubernetes.membership).toBe('none');
  });

  test('a worker of a cluster that kinit made before: its own reset is the way out, and it works', () => {
    const w1 = pastOf({
      began: BEGAN,
      files: [fileOf('/etc/kubernetes/kubelet.conf', { ...LATER, text: other.conf })],
    });
    expect(found({ c1: controlPlane(), w1, spec: { leftovers: 'set-aside' } }).w1).toEqual([
      'cluster-files!: /etc/kubernetes/kubelet.conf',
    ]);
  });
});
