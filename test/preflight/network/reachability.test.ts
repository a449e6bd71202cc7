import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { HostConnection } from '../../../src/model/host.js';
import { probeReachability } from '../../../src/preflight/network/reachability.js';
import type { ReachabilityResult } from '../../../src/preflight/network/results.js';
import type { HostFacts } from '../../../src/model/facts.js';
import type { Node } from '../../../src/model/phase.js';
import { neededRoutes } from '../../../src/preflight/network/routes.js';
import { fakeHost as silentHost } from '../../cluster/fakes.js';
import { complaints, check, nodesOf, specOf, type Wanted } from '../nodes.js';

interface FakeHost {
  readonly connection: HostConnection;
  readonly scripts: string[];
}

type Answer = string | Error;

/** Answers listen, connect and stop; anything else is refused. */
function fakeHost(host: string, listen: Answer, connect: Answer, stop: Answer = ''): FakeHost {
  const scripts: string[] = [];
  const answers: [RegExp, Answer][] = [
    [/^\( # preflight\/probe\/stop\n/, stop],
    [/^\( # preflight\/probe\/listen\n/, listen],
    [/^\( # preflight\/probe\/connect\n/, connect],
  ];
  const connection = silentHost({
    host,
    run: async (script) => {
      scripts.push(script);
      const answer = answers.find(([pattern]) => pattern.test(script))?.[1] ?? new Error(`not programmed: ${script}`);
      if (answer instanceof Error) throw answer;
      return { code: 0, stdout: answer, stderr: '' };
    },
  });
  return { connection, scripts };
}

const UP_C1 = 'tcp 6443 up\nudp 8472 up\n';
const UP_W1 = 'tcp 10250 up\nudp 8472 up\n';
const STOP = '( # preflight/probe/stop\n';
/** Routes are numbered: 0 and 1 are tcp and udp from c1 to w1, 2 and 3 from w1 to c1. A datagram is known where it arrives. */

async function probe(
  c1: FakeHost,
  w1: FakeHost,
  wanted: Wanted = {},
  signal = new AbortController().signal,
): Promise<readonly ReachabilityResult[]> {
  const { results, ended } = await probeReachability(
    new Map([
      ['c1', c1.connection],
      ['w1', w1.connection],
    ]),
    nodesOf(wanted),
    specOf(wanted.spec),
    signal,
  );
  await ended;
  return results;
}

function lines(results: readonly ReachabilityResult[]): string[] {
  return results.map(
    ({ from, to, protocol, port, outcome, reason }) =>
      `${from} ${to} ${protocol} ${String(port)} ${outcome}${reason === undefined ? '' : `: ${reason}`}`,
  );
}

test('what the cluster needs is tried, in three round trips a host', async () => {
  const [c1, w1] = [fakeHost('c1', UP_C1, '0 reached\n'), fakeHost('w1', UP_W1, '2 refused\nheard 1\n')];
  expect(lines(await probe(c1, w1))).toEqual([
    'c1 w1 tcp 10250 reached',
    'c1 w1 udp 8472 reached',
    'w1 c1 tcp 6443 refused',
    'w1 c1 udp 8472 timeout',
  ]);
  expect([c1.scripts.length, w1.scripts.length]).toEqual([3, 3]);
  expect(c1.scripts[2]).toContain(STOP);
});

test('a datagram that came late counts, and one that was rejected is no mere silence', async () => {
  const [c1, w1] = [
    fakeHost('c1', UP_C1, '0 reached\n', 'heard 3\n1 refused\n'),
    fakeHost('w1', UP_W1, '2 reached\n', '3 refused\n'),
  ];
  expect(lines(await probe(c1, w1))).toEqual([
    'c1 w1 tcp 10250 reached',
    'c1 w1 udp 8472 refused',
    'w1 c1 tcp 6443 reached',
    'w1 c1 udp 8472 reached',
  ]);
});

test('the end of the listeners is waited for only where a datagram is still to be heard of', async () => {
  const probed = async (heard: string): Promise<{ readonly known: boolean; readonly stopped: boolean }> => {
    let release = (): void => undefined;
    const hold = new Promise<void>((resolve) => (release = resolve));
    const hosts = [fakeHost('c1', UP_C1, '0 reached\nheard 3\n'), fakeHost('w1', UP_W1, `2 reached\n${heard}`)];
    const slow = hosts.map(({ connection }): [string, HostConnection] => [
      connection.host,
      {
        ...connection,
        run: async (script) => {
          if (script.startsWith(STOP)) await hold;
          return connection.run(script);
        },
      },
    ]);
    const probing = probeReachability(new Map(slow), nodesOf(), specOf(), new AbortController().signal);
    const known = await Promise.race([probing.then(() => true), setTimeout(100, false)]);
    release();
    await (
      await probing
    ).ended;
    return { known, stopped: hosts.every(({ scripts }) => scripts.at(-1)?.startsWith(STOP)) };
  };
  expect(await probed('heard 1\n')).toEqual({ known: true, stopped: true });
  expect(await probed('')).toEqual({ known: false, stopped: true });
});

test('host-gw asks no VXLAN', async () => {
  const [c1, w1] = [fakeHost('c1', 'tcp 6443 up\n', '0 reached\n'), fakeHost('w1', 'tcp 10250 up\n', '1 reached\n')];
  expect(lines(await probe(c1, w1, { spec: { network: { flannelBackend: 'host-gw' } } })).sort()).toEqual([
    'c1 w1 tcp 10250 reached',
    'w1 c1 tcp 6443 reached',
  ]);
});

test('what cannot be judged is skipped with the reason', async () => {
  const [c1, w1] = [
    fakeHost('c1', 'tcp 6443 taken\nudp 8472 up\n', '0 refused\n'),
    fakeHost('w1', 'no-systemd\n', 'no-bash\n'),
  ];
  expect(lines(await probe(c1, w1)).sort()).toEqual([
    'c1 w1 tcp 10250 skipped: w1 has no systemd to put a listener up',
    'c1 w1 udp 8472 skipped: w1 has no systemd to put a listener up',
    'w1 c1 tcp 6443 skipped: c1 could not listen: the port is in use',
    'w1 c1 udp 8472 skipped: w1 has no bash to ask over udp',
  ]);
});

test('an API server that runs already is judged without a listener', async () => {
  const joined = {
    kubernetes: {
      membership: 'member' as const,
      kubeletActive: true,
      pki: {},
      journal: true,
      made: true,
      manifests: {},
    },
    listening: [{ protocol: 'tcp' as const, address: '::', port: 6443 }],
  };
  const [c1, w1] = [
    fakeHost('c1', new Error('nothing is put up on a node'), '0 reached\n'),
    fakeHost('w1', UP_W1, '2 timeout\nheard 1\n'),
  ];
  const results = await probe(c1, w1, { controlPlane: joined });
  expect(lines(results)).toContain('w1 c1 tcp 6443 timeout');
  const checks = check({ controlPlane: joined, reachability: results }).get('w1') ?? [];
  expect(
    checks
      .filter(({ name }) => name.startsWith('reach-'))
      .map(({ name, status, found }) => `${name} ${status} ${found}`),
  ).toEqual(['reach-6443 error c1 (10.0.0.1): no answer', 'reach-8472-udp ok in use by the cluster already']);
});

test('another machine at an address, and a datagram that came out elsewhere, are no way to the host meant', async () => {
  const [c1, w1] = [
    fakeHost('c1', UP_C1, '0 elsewhere w9\nheard 1\n'),
    fakeHost('w1', UP_W1, '2 elsewhere a-stranger\nheard 3\n'),
  ];
  const results = await probe(c1, w1);
  expect(lines(results)).toEqual([
    'c1 w1 tcp 10250 elsewhere: w9',
    'c1 w1 udp 8472 timeout',
    'w1 c1 tcp 6443 elsewhere: a-stranger',
    'w1 c1 udp 8472 timeout',
  ]);
  expect(complaints({ reachability: results })).toContainEqual({
    name: 'reach-10250',
    title: 'kubelet of other hosts (tcp 10250)',
    status: 'error',
    minimum: 'reached',
    found: 'w1 (10.0.0.2): w9 answers there',
    hint: 'The address of w1 leads to another machine from here. Set internalAddress: in the inventory to one that is its alone, or take the address from the other machine.',
  });
});

test('between nodes of a running cluster nothing is put up, and only what listens there is asked', async () => {
  const joined = (port: number): Partial<HostFacts> => ({
    kubernetes: { membership: 'member', kubeletActive: true, pki: {}, journal: true, made: true, manifests: {} },
    listening: [{ protocol: 'tcp', address: '::', port }],
  });
  const [c1, w1] = [
    fakeHost('c1', new Error('no listener'), '0 reached\n'),
    fakeHost('w1', new Error('no listener'), '1 refused\n'),
  ];
  const wanted = { controlPlane: joined(22), worker: joined(10250) };
  // Its API server is away: whoever brings it back needs the port.
  expect(lines(await probe(c1, w1, wanted))).toEqual([
    'c1 w1 tcp 10250 reached',
    'w1 c1 tcp 6443 skipped: c1 is in the cluster',
  ]);
});

test('of a thousand hosts each tries some others, and every one is tried', () => {
  const hosts = Array.from({ length: 1000 }, (_, index) => ({
    name: `h${String(index)}`,
    address: `10.1.${String(Math.floor(index / 250))}.${String((index % 250) + 1)}`,
    roles: [index < 3 ? 'control-plane' : 'worker'],
  }));
  const spec = specOf({ hosts });
  const [node] = nodesOf();
  const nodes = spec.hosts.map((host, index) => ({ ...(node as Node), spec: host, isControlPlane: index < 3 }));
  const routes = neededRoutes(nodes, spec);
  const tunnel = routes.filter(({ protocol }) => protocol === 'udp');
  expect(routes.length).toBeLessThan(20_000);
  expect(new Set(tunnel.map(({ to }) => to.spec.name)).size).toBe(1000);
  expect(tunnel.filter(({ from }) => from === nodes[7])).toHaveLength(10);
  expect(routes.filter(({ to, port }) => to === nodes[0] && port === 6443)).toHaveLength(999);
  expect(routes.filter(({ from, port }) => from === nodes[0] && port === 10250)).toHaveLength(999);
  expect(neededRoutes(nodes.slice(0, 9), spec).filter(({ protocol }) => protocol === 'udp')).toHaveLength(72);
});

test('listeners are stopped when a host fails on the way', async () => {
  const [c1, w1] = [fakeHost('c1', UP_C1, new Error('connection lost')), fakeHost('w1', UP_W1, '')];
  await expect(probe(c1, w1)).rejects.toThrow('connection lost');
  expect(c1.scripts.at(-1)).toContain(STOP);
  expect(w1.scripts.at(-1)).toContain(STOP);
});

test('nothing is started after Ctrl-C', async () => {
  const [c1, w1] = [fakeHost('c1', UP_C1, ''), fakeHost('w1', UP_W1, '')];
  await expect(probe(c1, w1, {}, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  expect(c1.scripts).toEqual([]);
});

const BLOCKED: ReachabilityResult = {
  from: 'w1',
  to: 'c1',
  address: '10.0.0.1',
  protocol: 'tcp',
  port: 6443,
  purpose: 'API server',
  outcome: 'timeout',
};

test('a blocked port is an error that says from where to where', () => {
  expect(complaints({ reachability: [BLOCKED] }, 'w1')).toEqual([
    {
      name: 'reach-6443',
      title: 'API server of other hosts (tcp 6443)',
      status: 'error',
      minimum: 'reached',
      found: 'c1 (10.0.0.1): no answer',
      hint: 'Open tcp port 6443 from w1 to c1: a firewall on the way, a security group, or internalAddress in the inventory is wrong.',
    },
  ]);
  expect(complaints({ reachability: [BLOCKED] }, 'c1')).toEqual([]);
});

test('a firewall on the host that kinit sees to is only a warning', () => {
  expect(complaints({ controlPlane: { firewalls: ['ufw'] }, reachability: [BLOCKED] }, 'w1')).toMatchObject([
    { name: 'reach-6443', status: 'warning' },
  ]);
  expect(
    complaints({ controlPlane: { firewalls: ['ufw'] }, spec: { firewall: 'keep' }, reachability: [BLOCKED] }, 'w1'),
  ).toMatchObject([{ name: 'reach-6443', status: 'error' }]);
});
