import { expect, test } from 'vitest';
import { clusterStatus, renderStatus, type Seen } from '../../../../src/cli/render/tables/cluster-status.js';
import { paint } from '../../../../src/cli/terminal/colour.js';

const node = {
  name: 'a',
  ready: true,
  roles: ['control-plane'],
  version: '1.36.3',
  internalAddress: '192.0.2.1',
  schedulable: true,
  os: 'Debian 12',
  kernel: '6.1',
  runtime: 'containerd://2',
  podCIDR: '',
  created: '',
};
const pod = (name: string, status: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'kube-system' },
  spec: { nodeName: 'a' },
  status,
});
const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const seen: Seen = {
  name: 'prod',
  endpoint: '192.0.2.1:6443',
  ready: 'ok',
  version: 'v1.36.3',
  hosts: ['a'],
  nodes: [node],
  pods: [pod('ok', running)],
  certificates: [],
};

test('a cluster that is well says so', () => {
  expect(renderStatus(clusterStatus(seen), paint(false))).toContain('All 1 pods are well.');
});

test('pods that wait are named with the reason the kubelet gives; finished ones are well', () => {
  const waiting = { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] };
  const { pods } = clusterStatus({
    ...seen,
    pods: [pod('ok', running), pod('bad', waiting), pod('job', { phase: 'Succeeded' })],
  });
  expect(pods).toEqual({
    total: 3,
    unwell: [{ namespace: 'kube-system', name: 'bad', node: 'a', state: 'ImagePullBackOff' }],
  });
});

test('hosts of the inventory that are no node are named, with the command that adds them', () => {
  expect(renderStatus(clusterStatus({ ...seen, hosts: ['a', 'b'] }), paint(false))).toContain(
    'not in the cluster: b. kinit join adds them.',
  );
});

test('nodes that are no host of the inventory are named, with the ways to be rid of them', () => {
  expect(renderStatus(clusterStatus(seen), paint(false))).not.toContain('not in the inventory');
  const stranger = clusterStatus({ ...seen, nodes: [node, { ...node, name: 'c' }] });
  expect(stranger.unknown).toEqual(['c']);
  expect(renderStatus(stranger, paint(false))).toMatch(
    /In the cluster, not in the inventory: c\..*kinit reset NAME.*kubectl delete node NAME/,
  );
});

test('a hundred nodes that are alike are one line, and so are the pods of one workload', () => {
  const names = Array.from({ length: 100 }, (_, index) => `node${String(index + 1)}`);
  const waiting = { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] };
  const pods = names.slice(0, 40).map((name, index) => ({
    ...pod(`kube-proxy-${String(index).padStart(5, 'x')}`, waiting),
    spec: { nodeName: name },
  }));
  const text = renderStatus(
    clusterStatus({
      ...seen,
      hosts: names,
      nodes: names.map((name) => ({ ...node, name, internalAddress: name })),
      pods,
    }),
    paint(false),
  );
  expect(text.split('\n').filter((line) => /node\d|node\[/.test(line))).toEqual([
    expect.stringMatching(/^node\[1-100\] \(100\) +Ready/),
    expect.stringMatching(/^kube-system +kube-proxy-\* \(40\) +node\[1-40\] +ImagePullBackOff$/),
  ]);
  expect(text).toContain('40 of 40 pods are not well');
});

test('a node that is not ready says why, and a cordoned one that it is', () => {
  const text = renderStatus(
    clusterStatus({
      ...seen,
      nodes: [{ ...node, ready: false, schedulable: false, message: 'NetworkNotReady: no CNI' }],
    }),
    paint(false),
  );
  expect(text).toContain('NotReady (NetworkNotReady: no CNI; cordoned)');
});

test('a certificate of the control plane that ends within 30 days is named, with what renews it', () => {
  const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000 + 60_000);
  const certificate = (path: string, days: number) => ({
    path,
    subject: 'x',
    signedBy: 'y',
    isCa: false,
    fingerprint: '00',
    notBefore: inDays(days - 365),
    notAfter: inDays(days),
    renewedBy: 'kinit' as const,
    due: days < 122,
  });
  const certificates = [{ host: 'a', certificates: [certificate('/early', 29), certificate('/late', 31)] }];
  const seenNow = clusterStatus({ ...seen, certificates });
  expect(seenNow.endingCertificates.map(({ path }) => path)).toEqual(['/early']);
  expect(renderStatus(seenNow, paint(false))).toContain(
    '/early on a ends in 29 days. kinit init renews what is in the last third of its life, kinit certs renew all of it.',
  );
});

test('a cluster that soaks says so, since when, and both ways to end that', () => {
  const soak = { from: '1.35.4', to: '1.36.3', step: 'soak', since: '2026-11-28T18:00:00Z' } as const;
  const shown = renderStatus(clusterStatus({ ...seen, soak }), paint(false));
  expect(shown).toContain('The cluster soaks: Kubernetes 1.36.3 behaves as 1.35 since 2026-11-28T18:00:00Z.');
  expect(shown).toMatch(/--finish brings all of it to 1\.36\.3, kinit upgrade --back returns to 1\.35\.4/);
  const back = renderStatus(clusterStatus({ ...seen, soak: { ...soak, step: 'from-soak' } }), paint(false));
  expect(back).toContain('On its way back to 1.35.4');
  expect(renderStatus(clusterStatus(seen), paint(false))).not.toContain('soak');
});
