import { phases } from '../../src/phases/index.js';
import { describe, expect, test } from 'vitest';
import { causes } from '../../src/doctor/causes/index.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { KubeObject } from '../../src/model/api.js';
import type { Evidence } from '../../src/doctor/evidence.js';
import { HEALTHY, ILL, recorded } from './recordings.js';

const recordings = ILL;
/** Causes that no lab host can show: their recordings are a healthy host's, with the one thing changed that makes them. */
const CHANGED: Readonly<Record<string, (healthy: Evidence) => Evidence>> = {
  'clock-skew': (healthy) =>
    onFirst(healthy, (host) => ({ ...host, facts: { ...host.facts, clockOffsetMs: -7_200_000 } })),
  hangs: (healthy) =>
    onFirst(healthy, (host) => {
      const socket = { protocol: 'tcp', address: '::', port: 6443, process: 'kube-apiserver', pid: 7 } as const;
      return { ...host, facts: { ...host.facts, listening: [{ ...socket, waiting: 19 }] } };
    }),
  'same-identity': (healthy) => ({
    ...healthy,
    hosts: healthy.hosts.map((host) => ({
      ...host,
      facts: { ...host.facts, productUuid: '4c4c4544-0000-2010-8020-80c04f202020' },
    })),
  }),
  // What was recorded has no balancer: a node that should have one has none.
  'balancer-down': (healthy) => ({
    ...healthy,
    ...(healthy.cluster === undefined
      ? {}
      : {
          cluster: {
            ...healthy.cluster,
            nodes: healthy.cluster.nodes.map((node, at) => (at === 0 ? labelled(node) : node)),
          },
        }),
  }),
  'ca-missing': (healthy) => ({
    ...healthy,
    hosts: healthy.hosts.map((host, at) => ({
      ...host,
      text: { ...host.text, certificates: `=== /etc/kubernetes/pki/${at === 0 ? 'front-proxy-' : ''}ca.crt` },
    })),
  }),
  'node-deleted': (healthy) => ({
    ...healthy,
    hosts: healthy.hosts.map((host) => ({
      ...host,
      probes: host.probes.map((probe) =>
        [host.host, probe.to].includes('node2') && probe.purpose === 'overlay'
          ? { ...probe, outcome: 'silent' }
          : probe,
      ),
    })),
    ...(healthy.cluster === undefined
      ? {}
      : {
          cluster: {
            ...healthy.cluster,
            nodes: healthy.cluster.nodes.filter(({ metadata }) => metadata.name !== 'node2'),
          },
        }),
  }),
  'default-role-missing': (healthy) => ({
    ...healthy,
    ...(healthy.cluster === undefined
      ? {}
      : { cluster: { ...healthy.cluster, lostDefaults: ['ClusterRole system:node-proxier'] } }),
  }),
  renamed: (healthy) => onFirst(healthy, (host) => ({ ...host, facts: { ...host.facts, hostname: 'other' } })),
  'br-netfilter': (healthy) =>
    onFirst(healthy, (host) => ({
      ...host,
      text: { ...host.text, sysctls: 'net/bridge/bridge-nf-call-iptables=\nnet/ipv4/ip_forward=1\n' },
    })),
  'serving-request-pending': (healthy) => withRequests(healthy, [requestOf(healthy, 'csr-1', 600)]),
  leftovers: (healthy) =>
    onFirst(healthy, (host) => ({
      ...host,
      leftovers: [
        {
          what: '/etc/cni/net.d/05-cilium.conf',
          of: 'network cilium: cilium-cni, 3 years old',
          severity: 'error',
          harm: 'The first file by name gives pods their network.',
          advice: 'Remove it.',
        },
      ],
    })),
};

test.each(Object.keys(CHANGED))('%s is recognised by the one thing that differs from a healthy cluster', (name) => {
  const found = diagnose(CHANGED[name]?.(recorded('kinit')) ?? recorded('kinit')).filter(
    ({ cause, severity }) => severity !== 'note' && cause !== 'node-not-ready',
  );
  expect(new Set(found.map(({ cause }) => cause))).toEqual(new Set([name]));
});

test('a missing certificate of the CA: who has it, and how it comes back', () => {
  const [first] = diagnose(CHANGED['ca-missing']?.(recorded('kinit')) ?? recorded('kinit'));
  expect(first).toMatchObject({
    host: 'node1',
    found: '/etc/kubernetes/pki/ca.crt is missing on node1; node2 has it',
    next: expect.stringMatching(/base64 -d > \/etc\/kubernetes\/pki\/ca\.crt \(kinit init does it\)$/) as string,
  });
});

test.each([
  ['a pod of a user', false, 'default/nope'],
  ['a static pod', true, 'kube-system/kube-apiserver-node1'],
])('without an API, a journal that names an image of %s: told %s', (_what, isTold, pod) => {
  const { cluster: _cluster, ...healthy } = recorded('kinit');
  const why = String.raw`failed to \"StartContainer\" with ErrImagePull: \"failed to pull image \\\"r.test/x:1\\\": not found\"`;
  const silent = onFirst(healthy, (host) => ({
    ...host,
    text: {
      ...host.text,
      'kubelet-log': `now=1795274990\n1795274984.7 node1 kubelet[9]: E1 pod_workers.go:1] "Error syncing pod, skipping" err="${why}" pod="${pod}" podUID="1"\n`,
    },
  }));
  const told = diagnose({ ...silent, apiTrouble: 'the API server did not answer' }).map(({ cause }) => cause);
  expect(told.includes('image-pull')).toBe(isTold);
});

test.each([
  ['kube-controller-manager', ['container-crash', 'cni-config-missing']],
  ['kube-flannel', ['cni-config-missing', 'container-crash']],
])('%s that ends again and again: what follows from what', (container, order) => {
  const missing = recorded('cni-config-missing');
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'kube-system', name: `${container}-node1` },
    spec: { nodeName: 'node1' },
    status: {
      containerStatuses: [{ name: container, ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    },
  };
  const { cluster } = missing;
  const found = diagnose(
    cluster === undefined ? missing : { ...missing, cluster: { ...cluster, pods: [...cluster.pods, pod] } },
  ).map(({ cause }) => cause);
  expect(found.filter((cause) => order.includes(cause))).toEqual(order);
});

test.each([
  {
    id: 'etcd',
    said: '{"level":"warn","msg":"slow fdatasync","took":"1.13s"}',
    found: /writing to disk took etcd 1\.13s/,
  },
  {
    id: 'sqlite',
    said: 'time="2026-11-30T01:50:00Z" level=info msg="Slow SQL: INSERT INTO kine(name, created) VALUES(\\"/registry/leases/a\\", 0)" duration=1.309s name=insert',
    found: /writing to disk took SQLite 1\.309s/,
  },
])('$id in the process of a unit tells of its slow disk in the journal of that', ({ id, said, found }) => {
  const told = (secondsAgo: number): unknown => {
    const ill = onFirst(recorded('kinit'), (host) => {
      const at = (Date.parse(recorded('kinit').takenAt) + host.facts.clockOffsetMs) / 1000 - secondsAgo;
      return { ...host, text: { ...host.text, [`${id}-log`]: `${at.toFixed(6)} node1 kinit-server[9]: ${said}` } };
    });
    return diagnose(ill).find(({ cause }) => cause === `${id}-slow-disk`)?.found;
  };
  expect(told(60)).toMatch(found);
  expect(told(1200)).toBeUndefined();
});

describe('of a node whose kubelet asked for a serving certificate', () => {
  // Its kubelets serve with what they signed themselves.
  const healthy = recorded('stock-kubeadm');
  const approved = { conditions: [{ type: 'Approved', status: 'True' }] };
  const denied = { conditions: [{ type: 'Denied', status: 'True' }] };
  const told = (evidence: Evidence, ...requests: readonly KubeObject[]): object[] =>
    diagnose(withRequests(evidence, requests)).filter(({ cause }) => cause === 'serving-request-pending');

  test('the last request counts, and not before an approver has had its time', () => {
    expect(told(healthy, requestOf(healthy, 'csr-1', 600))).toMatchObject([
      {
        severity: 'error',
        host: 'node1',
        found: expect.stringContaining('(csr-1), and nobody approved it: kubectl logs, exec and top fail') as string,
        next: expect.stringMatching(/kubectl certificate approve csr-1$/) as string,
      },
    ]);
    expect(told(healthy, requestOf(healthy, 'csr-1', 600), requestOf(healthy, 'csr-2', 300, approved))).toEqual([]);
    expect(told(healthy, requestOf(healthy, 'csr-1', 600, denied))).toEqual([]);
    expect(told(healthy, requestOf(healthy, 'csr-1', 5))).toEqual([]);
  });

  test('with a certificate it is a warning until when that serves; one that came after the request answers it', () => {
    const serving = onFirst(healthy, (host) => ({
      ...host,
      text: {
        ...host.text,
        certificates: (host.text['certificates'] ?? '').replace('kubelet-client-', 'kubelet-server-'),
      },
    }));
    expect(told(serving, requestOf(serving, 'csr-1', 60))).toMatchObject([
      { severity: 'warning', found: expect.stringMatching(/its certificate ends on \d{4}-\d\d-\d\d$/) as string },
    ]);
    expect(told(serving, requestOf(serving, 'csr-1', 10 * 24 * 3600))).toEqual([]);
  });

  test("where kinit's approver runs, its log is named; where it is missing, init", () => {
    const next = (replicas: number): unknown => {
      const kinit = recorded('kinit');
      const workload = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'serving-approver', namespace: 'kube-system' },
        spec: { replicas },
      };
      const { cluster } = kinit;
      const running = cluster === undefined ? kinit : { ...kinit, cluster: { ...cluster, workloads: [workload] } };
      return told(running, requestOf(kinit, 'csr-1', 600))[0];
    };
    expect(next(1)).toMatchObject({
      next: expect.stringContaining('; kubectl -n kube-system logs deployment/serving-approver says why') as string,
    });
    expect(next(0)).toMatchObject({ next: expect.stringContaining('; kinit init puts back the approver') as string });
  });
});

test('where only the way to the API is shut, what opens it is the advice', () => {
  const { cluster: _cluster, ...healthy } = recorded('kinit');
  const found = diagnose({
    ...healthy,
    apiTrouble: 'sshd opens no stream',
    apiWay: 'AllowStreamLocalForwarding local',
  });
  expect(found.filter(({ severity }) => severity === 'error')).toMatchObject([
    { cause: 'api-down', next: 'AllowStreamLocalForwarding local' },
  ]);
});

/** What the kubelet of the first host asked for, so many seconds ago. */
function requestOf({ takenAt, hosts }: Evidence, name: string, seconds: number, status: object = {}): KubeObject {
  const creationTimestamp = new Date(Date.parse(takenAt) - seconds * 1000).toISOString();
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name, creationTimestamp },
    spec: { username: `system:node:${hosts[0]?.host ?? ''}` },
    status,
  };
}

function withRequests(evidence: Evidence, servingRequests: readonly KubeObject[]): Evidence {
  const { cluster } = evidence;
  return cluster === undefined ? evidence : { ...evidence, cluster: { ...cluster, servingRequests } };
}

function onFirst(evidence: Evidence, change: (host: Evidence['hosts'][number]) => Evidence['hosts'][number]): Evidence {
  return { ...evidence, hosts: evidence.hosts.map((host, index) => (index === 0 ? change(host) : host)) };
}

test('every cause in the table is tried by a recording or a change', () => {
  const tried = new Set([
    ...recordings,
    ...Object.keys(CHANGED),
    'kubectl-no-config',
    'node-not-ready',
    'container-crash',
    // test/doctor/server.test.ts
    'server-down',
    'datastore-gone',
    'datastore-torn',
    // Above, in the journal of the server.
    'sqlite-slow-disk',
  ]);
  expect(causes.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
});

test.each(recordings)('%s: the first cause of what was recorded is the one that was provoked', (name) => {
  const [first] = diagnose(recorded(name));
  expect(first?.cause).toBe(name);
  expect(first?.found).toMatch(FOUND[name] ?? /^never$/);
  expect(first?.next).not.toBe('');
});

test('every cause has a name, a rank and a remedy of its own', () => {
  expect(new Set(causes.map(({ name }) => name)).size).toBe(causes.length);
  expect(new Set(causes.map(({ rank }) => rank)).size).toBe(causes.length);
  for (const { name, title, symptom, sign, remedy } of causes) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of [title, symptom, sign, remedy]) expect(text.length, name).toBeGreaterThan(5);
  }
});

test('no sighting has more than one line', () => {
  for (const { found, next } of [...ILL, ...HEALTHY].flatMap((name) => diagnose(recorded(name))))
    expect(`${found}${next}`).not.toContain('\n');
});

/** What the finding must name. */
const FOUND: Readonly<Record<string, RegExp>> = {
  'firewall-kubelet': /port 10250 of node2 .* does not answer node1: .*tcp dport 10250 drop/,
  'ip-forward': /ip_forward is 0/,
  'api-down': /its containers: .*etcd Running/,
  'node-gone': /node node3 is listed and not Ready \(NodeStatusUnknown\), and its host does not answer/,
  'kubelet-down': /the kubelet is inactive \(dead\)/,
  'port-taken': /port 10250 of kubelet is taken by socat \(pid \d+\)/,
  'cri-disabled': /disabled_plugins = \['io\.containerd\.grpc\.v1\.cri'\]/,
  'cgroup-v1': /cgroup v1, which the kubelet refuses/,
  'cgroup-driver': /kubelet is set to cgroupfs, the container runtime to systemd/,
  'wrong-address': /--node-ip of the kubelet is 10\.99\.99\.99; the host has 10\.210\.0\.12/,
  'image-pull':
    /image registry\.invalid\/team\/nope:1 cannot be pulled from registry\.invalid: the name of the registry cannot be resolved/,
  'runtime-down': /containerd is .*toml: expected/,
  'proxy-down': /kube-proxy does not run: .*exit code 1/,
  'cni-config-missing': /\/etc\/cni\/net\.d is empty/,
  'firewall-vxlan': /UDP 8472.* between node2 and node1, node3; its rules say: udp dport 8472 drop/,
  'firewall-api': /API port 6443 of node1 .* does not answer node2, node3.*tcp dport 6443 drop/,
  'br-netfilter': /bridge-nf-call-iptables is 0/,
  'swap-on': /swap is on \(\/var\/tmp\/doctor\.swap, 4 MB\): the kubelet refuses to start/,
  'dns-loop': /coredns-\S+ stops: .*plugin\/loop: Loop/,
  'etcd-slow-disk': /writing to disk took etcd 1\.\d+s/,
  'out-of-memory': /container eat of default\/hungry was killed/,
  'stale-cni': /cni0 has 10\.200\.9\.1\/24, the pod network of the node is 10\.244\.2\./,
  'same-identity': /node2 and node3 have the same host name \(node2\)/,
  'certificate-expired': /kubelet-client-current\.pem \(system:node:node2\) expired on 2025-01-01/,
  'disk-full': /\/var\/log is full \(100 %/,
};

test('a phase that sees to a cause is one of init’s', () => {
  const ids = phases.map(({ id }) => id);
  const until = causes.flatMap((cause) => cause.until ?? []);
  expect(until.length).toBeGreaterThan(2);
  for (const phase of until) expect(ids).toContain(phase);
});

test('a container that ran out of memory, of a runtime that says only Error: the kernel names it', () => {
  const recording = JSON.stringify(recorded('out-of-memory')).replaceAll('"OOMKilled"', '"Error"');
  const withLog = (log: string): string[] =>
    diagnose(
      onFirst(JSON.parse(recording) as Evidence, (host) => ({ ...host, text: { ...host.text, 'kernel-log': log } })),
    )
      .filter(({ cause }) => cause === 'out-of-memory')
      .map(({ found }) => found);
  const kill = (id: string): string =>
    `uptime 32110\ncontainer\n[32101.8] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=cri-containerd-${id}.scope,mems_allowed=0\n`;
  const id = /"lastState":\{"terminated":\{[^}]*"containerID":"containerd:\/\/([0-9a-f]+)"/.exec(recording)?.[1] ?? '';
  expect(withLog(kill(id))).toEqual([expect.stringContaining('it used more memory than its limit') as string]);
  expect(withLog(kill('0'.repeat(64)))).toEqual([]);
});

function labelled(node: KubeObject): KubeObject {
  return { ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, 'kinit/balancer': 'local' } } };
}
