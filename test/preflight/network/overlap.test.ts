import { expect, test } from 'vitest';
import type { HostFacts } from '../../../src/model/facts.js';
import { check, type Wanted } from '../nodes.js';

const about = (wanted: Wanted, host = 'c1'): unknown[] =>
  (check(wanted).get(host) ?? [])
    .filter(({ name, status }) => ['pod-range', 'service-range'].includes(name) && status !== 'ok')
    .map(({ name, status, found }) => `${name} ${status}: ${found}`);
const own = { interface: 'eth0', address: '10.0.0.1', prefix: 24 };
const joined: Pick<HostFacts, 'kubernetes'> = {
  kubernetes: { membership: 'member', kubeletActive: true, pki: {}, journal: true, made: true, manifests: {} },
};

test.each<[string, Partial<HostFacts>, string[]]>([
  ['no network in common', { addresses: [own], routes: [{ network: '10.0.0.0/24', interface: 'eth0' }] }, []],
  [
    'a second address in the service range, and the route that comes with it',
    {
      addresses: [own, { interface: 'eth1', address: '10.100.0.7', prefix: 24 }],
      routes: [{ network: '10.100.0.0/24', interface: 'eth1' }],
    },
    ['service-range error: 10.96.0.0/12 holds 10.100.0.7/24 (eth1)'],
  ],
  [
    'links that another cluster left: the table of leftovers tells of them',
    {
      addresses: [
        own,
        { interface: 'nodelocaldns', address: '10.96.0.10', prefix: 32 },
        { interface: 'vxlan.calico', address: '10.244.3.0', prefix: 32 },
        { interface: 'cilium_host', address: '10.244.1.2', prefix: 32 },
      ],
    },
    [],
  ],
  [
    'a route to somewhere in the pod range',
    { addresses: [own], routes: [{ network: '10.244.9.0/24', interface: 'eth0', gateway: '10.0.0.254' }] },
    ['pod-range error: 10.244.0.0/16 holds 10.244.9.0/24 (eth0 via 10.0.0.254)'],
  ],
  [
    'a host that is in a network which contains the range',
    { addresses: [{ ...own, prefix: 8 }] },
    [
      'pod-range error: 10.244.0.0/16 holds 10.0.0.1/8 (eth0)',
      'service-range error: 10.96.0.0/12 holds 10.0.0.1/8 (eth0)',
    ],
  ],
  [
    'a wide route to a company',
    { addresses: [own], routes: [{ network: '10.0.0.0/8', interface: 'tun0', gateway: '10.0.0.254' }] },
    [
      'pod-range warning: 10.244.0.0/16 holds 10.0.0.0/8 (tun0 via 10.0.0.254)',
      'service-range warning: 10.96.0.0/12 holds 10.0.0.0/8 (tun0 via 10.0.0.254)',
    ],
  ],
  [
    'a name server that would be out of reach, and the machine that kinit runs on',
    { addresses: [own], nameservers: ['10.96.0.53', '9.9.9.9'], session: { client: '10.97.1.1', server: '10.0.0.1' } },
    ['service-range error: 10.96.0.0/12 holds 10.96.0.53 (its name server), 10.97.1.1 (where SSH comes from)'],
  ],
  [
    "the cluster's own links and routes, also those left behind",
    {
      addresses: [
        own,
        { interface: 'cni0', address: '10.244.0.1', prefix: 24 },
        { interface: 'flannel.1', address: '10.244.0.0', prefix: 32 },
        { interface: 'kube-ipvs0', address: '10.96.0.1', prefix: 32 },
      ],
      routes: [
        { network: '10.244.1.0/24', interface: 'flannel.1', gateway: '10.244.1.0' },
        { network: '10.244.1.0/24', interface: 'eth0', gateway: '10.0.0.2' },
      ],
    },
    [],
  ],
])('%s', (_what, facts, wanted) => {
  expect(about({ controlPlane: facts })).toEqual(wanted);
});

test('on a node of a running cluster it is a warning: the range cannot be moved any more', () => {
  const facts = { ...joined, addresses: [own, { interface: 'eth1', address: '10.100.0.7', prefix: 24 }] };
  expect(about({ controlPlane: facts })).toEqual(['service-range warning: 10.96.0.0/12 holds 10.100.0.7/24 (eth1)']);
});

test('links of a network that people brought are not known here', () => {
  const facts = { ...joined, addresses: [own, { interface: 'cilium_host', address: '10.244.0.1', prefix: 32 }] };
  expect(about({ controlPlane: facts, spec: { network: { plugin: 'none' } } })).toEqual([]);
});
