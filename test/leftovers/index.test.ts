import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { leftoversOf, strangersOf } from '../../src/leftovers/index.js';
import type { HostPast, PastFile } from '../../src/model/past.js';
import { kubeconfig } from '../../src/pki/index.js';
import { selfSignCa, signLeaf } from '../../src/pki/x509/certificate.js';
import { newKey } from '../../src/pki/x509/keys.js';
import { readCertificate } from '../../src/pki/x509/read.js';
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
  const kubernetes = { membership: 'none', kubeletActive: active, pki: {}, journal: false } as const;
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
        fileOf('/etc/cni/net.d/00-multus.conf', LATER),
      ],
    });
    expect(found({ c1: controlPlane(), w1 })).toEqual({ c1: [], w1: [] });
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

  test('authorities that were laid there for a cluster to come are no leftover', () => {
    const files = [
      fileOf('/etc/kubernetes/pki/ca.crt', { text: other.pem }),
      fileOf('/etc/kubernetes/pki/ca.key'),
      fileOf('/etc/kubernetes/pki/front-proxy-ca.crt', { text: other.pem }),
    ];
    expect(found({ c1: pastOf({ files }) }).c1).toEqual([]);
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
    files: () => [fileOf('/var/lib/etcd/member', { type: 'folder' }), fileOf('/var/lib/etcd/lost+found')],
    found: ['etcd-data!: /var/lib/etcd aside'],
  },
];

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
    const kubernetes = { membership: 'member', kubeletActive: true, pki: {}, journal: true } as const;
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
