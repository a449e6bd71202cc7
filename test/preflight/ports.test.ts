import { expect, test } from 'vitest';
import type { HostFacts } from '../../src/model/facts.js';
import { isOwner } from '../../src/preflight/ports.js';
import { check, complaints } from './nodes.js';

function listening(port: number, process?: string, pid?: number, protocol: 'tcp' | 'udp' = 'tcp'): Partial<HostFacts> {
  return {
    listening: [
      {
        protocol,
        address: '0.0.0.0',
        port,
        ...(process === undefined ? {} : { process }),
        ...(pid === undefined ? {} : { pid }),
      },
    ],
  };
}

test('a port that is taken names its holder and how to look at it', () => {
  expect(complaints({ controlPlane: listening(6443, 'haproxy', 812) })).toEqual([
    {
      name: 'port-6443',
      title: 'Port 6443 (kube-apiserver)',
      status: 'error',
      minimum: 'free',
      found: 'held by haproxy (pid 812)',
      hint: 'Stop it on c1 (look at it with: ps -fp 812). Or set another apiServer.port.',
    },
  ]);
});

test('a holder that cannot be seen', () => {
  expect(complaints({ worker: listening(10250) }, 'w1')).toMatchObject([
    {
      name: 'port-10250',
      found: 'held by a process that cannot be seen',
      hint: "Stop it on w1 (look at it with: ss -ltnp 'sport = :10250').",
    },
  ]);
});

test('the API port of the inventory is checked instead of 6443', () => {
  expect(complaints({ controlPlane: listening(6443, 'haproxy', 812), spec: { apiServer: { port: 7443 } } })).toEqual(
    [],
  );
  expect(
    complaints({ controlPlane: listening(7443, 'haproxy', 812), spec: { apiServer: { port: 7443 } } }),
  ).toMatchObject([{ name: 'port-7443' }]);
});

test.each([
  ['kubelet', 10250],
  ['kube-controller', 10257],
  ['kube', 10259],
])('%s on port %i is what belongs there', (process, port) => {
  expect(complaints({ controlPlane: listening(port, process, 5) })).toEqual([]);
  expect(
    check({ controlPlane: listening(port, process, 5) })
      .get('c1')
      ?.find(({ name }) => name === `port-${String(port)}`)?.found,
  ).toMatch(/from an earlier run$/);
});

test('ports of the control plane do not matter on a worker, nor does UDP', () => {
  expect(complaints({ worker: listening(6443, 'haproxy', 1) }, 'w1')).toEqual([]);
  expect(complaints({ worker: listening(10250, 'x', 1, 'udp') }, 'w1')).toEqual([]);
});

test('a host that is a node already is not asked', () => {
  const facts = {
    ...listening(10250, 'other', 1),
    kubernetes: {
      membership: 'member' as const,
      kubeletActive: true,
      pki: {},
      journal: true,
      made: true,
      manifests: {},
    },
  };
  expect(
    check({ worker: facts })
      .get('w1')
      ?.filter(({ name }) => name.startsWith('port-')),
  ).toEqual([]);
});

test('the agent of a node holds the ports of kubelet and kube-proxy as an earlier run left it', () => {
  expect(['kubelet', 'kube-proxy'].map((owner) => isOwner('kinit-agent', owner))).toEqual([true, true]);
  expect(isOwner('haproxy', 'kubelet')).toBe(false);
});
