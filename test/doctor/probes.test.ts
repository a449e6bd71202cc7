import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { HostEvidence } from '../../src/doctor/evidence.js';
import { probeFrom } from '../../src/doctor/probes.js';
import { KinitError } from '../../src/model/error.js';
import type { HostConnection } from '../../src/model/host.js';
import { recorded } from './recordings.js';

const CLUSTER = recorded('stock-kubeadm');
const [ONE, TWO] = CLUSTER.hosts as [HostEvidence, HostEvidence];
const OPTIONS = { hosts: CLUSTER.hosts, apiPort: 6443, domain: 'cluster.local', cluster: CLUSTER.cluster };

type Answer = 'open' | 'refused' | 'prohibited' | 'silent';

/** A connection on which each port answers as told; a command takes the first time, a port's answer the second. */
function through(
  answer: (address: string, port: number) => Answer,
  [first, later]: readonly [number, number] = [0, 0],
): HostConnection {
  const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
  return {
    host: 'node1',
    run: async () => {
      await wait(first);
      return { code: 0, stdout: '', stderr: '' };
    },
    connectTcp: async (address: string, port: number) => {
      const said = answer(address, port);
      if (said === 'silent') return new Promise(() => undefined);
      await wait(later);
      if (said === 'open') return new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
      throw new KinitError('no', {
        class: 'access',
        ...(said === 'refused' ? { unreachable: 'port' as const } : {}),
        found: said === 'refused' ? 'Connect failed: Connection refused' : 'open failed: administratively prohibited',
      });
    },
  } as unknown as HostConnection;
}

const outcomes = async (connection: HostConnection, from: HostEvidence, purpose: string): Promise<string[]> =>
  (await probeFrom(connection, from, { ...OPTIONS, cluster: undefined }))
    .filter((probe) => probe.purpose === purpose)
    .map(({ to, outcome }) => `${to} ${outcome}`);

test('kubelets are asked by control planes alone', async () => {
  expect(
    await outcomes(
      through(() => 'open'),
      ONE,
      'kubelet',
    ),
  ).toEqual(['node2 open', 'node3 open']);
  expect(
    await outcomes(
      through(() => 'open'),
      TWO,
      'kubelet',
    ),
  ).toEqual([]);
});

test('through the tunnel one answer is enough, also that nobody listens', async () => {
  const closed = through((_address, port) => (port === 9 ? 'refused' : 'silent'));
  expect(await outcomes(closed, ONE, 'overlay')).toEqual(['node2 refused', 'node3 refused']);
}, 20_000);

test('where sshd forbids forwarding nothing is known', async () => {
  for (const purpose of ['api', 'overlay'])
    for (const told of await outcomes(
      through(() => 'prohibited'),
      ONE,
      purpose,
    ))
      expect(told).toMatch(/ unknown$/);
});

test('an answer that takes as long as everything does on a slow way counts', async () => {
  const slow = through((address) => (address === TWO.address ? 'refused' : 'open'), [300, 3600]);
  expect(await outcomes(slow, ONE, 'kubelet')).toEqual(['node2 refused', 'node3 open']);
}, 20_000);

test('silence says nothing where the host does not reach itself in time either', async () => {
  expect(
    await outcomes(
      through(() => 'silent'),
      ONE,
      'kubelet',
    ),
  ).toEqual(['node2 unknown', 'node3 unknown']);
  const others = through((address) => (address === '127.0.0.1' ? 'open' : 'silent'));
  expect(await outcomes(others, ONE, 'kubelet')).toEqual(['node2 silent', 'node3 silent']);
}, 20_000);
