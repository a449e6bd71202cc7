import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request, type RequestOptions } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, kinit, kinitEvents, kinitOk, lab, only, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { clientOf } from './clients.js';

/** Three control planes that keep a virtual address. npm run test:virtual-address prints the figures of docs/high-availability.md. */
const HOSTS = ['node1', 'node2', 'node3'];
const NAMESPACE = '/api/v1/namespaces/default/configmaps';

let cluster: LabHandle;
let inventory: string;
let address: string;
let client: RequestOptions;
const own: string[] = [];

beforeAll(async () => {
  cluster = await lab('virtual-address', { hosts: 3 });
  for (const host of HOSTS) {
    const { stdout } = await cluster.sh(
      host,
      "ip -4 -o addr show dev host0 | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p'",
    );
    own.push(stdout.trim());
  }
  address = own[0]?.replace(/\d+$/, '240') ?? '';
  inventory = await changedInventory(cluster, 'address', (text) =>
    text.replaceAll('- worker', '- control-plane').concat(`\napiServer: { virtualAddress: { address: ${address} } }\n`),
  );
});

afterAll(async () => {
  await cluster.down();
});

test('an address that a host has, or that is outside of the network, is refused before anything is changed', async () => {
  const refused = async (wanted: string): Promise<string> => {
    const file = await changedInventory(cluster, 'refused', (text) =>
      text.concat(`\napiServer: { virtualAddress: { address: ${wanted} } }\n`),
    );
    const { code, stdout, stderr } = await kinit(['check', '-i', file]);
    expect(code).not.toBe(0);
    return stdout + stderr;
  };
  expect(await refused('192.0.2.1')).toMatch(/outside of [0-9.]+\/\d+ \(host0\)/);
  // Nobody's in the inventory, and the machine's own on the lab's bridge.
  expect(await refused(address.replace(/\d+$/, '1'))).toContain('a machine in this network has it already');
});

test('one control plane has the address, which is the endpoint', async () => {
  await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
  expect(await holders()).toHaveLength(1);
  const folder = await mkdtemp(join(tmpdir(), 'kva-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await kinitOk(['kubeconfig', '-i', inventory, '--out', kubeconfig]);
  // The certificate has it: the client does not ask by another name.
  const { servername: _servername, ...rest } = clientOf(kubeconfig, address, 6443);
  await rm(folder, { recursive: true });
  client = rest;
  expect(await ask({ ...client, path: '/readyz' })).toBe(200);
  const again = await kinitEvents(['init', '-i', inventory]);
  expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

const API = `pgrep -f '^(/usr/local/bin/)?kube-apiserver ' | head -n 1`;
const MANIFEST = 'kube-apiserver.yaml';

interface Trouble {
  readonly title: string;
  readonly begin: string;
  readonly end: string;
  /** Another host has it then. */
  readonly moves: boolean;
}

const TROUBLES: readonly Trouble[] = [
  {
    title: 'the API server of the host with the address is killed, and stays away',
    begin: `mv /etc/kubernetes/manifests/${MANIFEST} /root/ && kill -9 $(${API})`,
    end: `mv /root/${MANIFEST} /etc/kubernetes/manifests/`,
    moves: true,
  },
  {
    title: 'the host with the address is cut off the network',
    begin: 'systemd-run --unit cut sh -c "ip link set host0 down; sleep 20; ip link set host0 up"',
    end: 'true',
    moves: true,
  },
  {
    title: 'the API server of the host with the address is killed',
    begin: `kill -9 $(${API})`,
    end: 'true',
    moves: false,
  },
];

test.each(TROUBLES)(
  '$title: at most 5 s without an answer, and one host has it',
  async ({ title, begin, end, moves }) => {
    await eventually('all API servers are ready', 180, async () => {
      const there = await Promise.all(own.map((host) => ask({ ...client, host, path: '/readyz' })));
      return there.every((status) => status === 200) ? true : undefined;
    });
    const [before = ''] = await holders();
    const stop = startClients(title.length);
    await seconds(4);
    await cluster.sh(before, begin);
    await seconds(14);
    const during = moves ? await holders(HOSTS.filter((host) => host !== before)) : [];
    await seconds(12);
    await eventually(`${before} answers`, 90, () => cluster.sh(before, end));
    await seconds(6);
    const { write, read, written, lost } = await stop();
    process.stdout.write(
      `${title}: without an answer ${String(write)} s (writes), ${String(read)} s (new connections); ${String(written)} writes acknowledged, ${String(lost)} lost; it was on ${before}, then on ${(await holders()).join(', ')}\n`,
    );
    if (moves) expect(during).toHaveLength(1);
    expect(await holders()).toHaveLength(1);
    expect({ lost }).toEqual({ lost: 0 });
    expect(Math.max(write, read)).toBeLessThanOrEqual(5);
  },
);

test('reset leaves no address', async () => {
  await kinitOk(['reset', '-i', inventory, '--yes'], { timeoutSeconds: 900 });
  expect(await holders()).toEqual([]);
  for (const host of HOSTS) {
    const { stdout } = await cluster.sh(
      host,
      'cat /proc/[0-9]*/comm 2> /dev/null | grep -c ^vip-; ls -d /etc/kubernetes/virtual-address 2>&1',
      {
        reject: false,
      },
    );
    expect(stdout).toMatch(/^0\n.*No such file/);
  }
});

/** Hosts whose interfaces have the address. */
async function holders(hosts: readonly string[] = HOSTS): Promise<string[]> {
  const looks = await Promise.all(
    hosts.map((host) => cluster.sh(host, `ip -o addr show to ${address}`, { reject: false })),
  );
  return hosts.filter((_host, i) => looks[i]?.stdout.includes(address));
}

interface Outcome {
  /** Longest time in seconds between two acknowledged writes over a connection that is kept, and between two answers over new ones. */
  readonly write: number;
  readonly read: number;
  readonly written: number;
  readonly lost: number;
}

/** Clients as people's are, which give a silent server up after two seconds. */
function startClients(run: number): () => Promise<Outcome> {
  let ended = false;
  const gaps = { write: 0, read: 0 };
  const names: string[] = [];
  const loop = async (what: keyof typeof gaps, once: (number: number) => Promise<boolean>): Promise<void> => {
    let last: number | undefined;
    for (let number = 0; !ended; number += 1) {
      if (await once(number)) {
        const now = performance.now();
        if (last !== undefined) gaps[what] = Math.max(gaps[what], now - last);
        last = now;
      }
      await seconds(0.05);
    }
    if (last !== undefined) gaps[what] = Math.max(gaps[what], performance.now() - last);
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const write = async (number: number): Promise<boolean> => {
    const name = `run-${String(run)}-${String(number)}`;
    const status = await ask({ ...client, agent, method: 'POST', path: NAMESPACE }, { metadata: { name } });
    if (status === 201) names.push(name);
    return status === 201;
  };
  const read = async (): Promise<boolean> => (await ask({ ...client, agent: false, path: '/version' })) === 200;
  const both = Promise.all([loop('write', write), loop('read', read)]);
  return async () => {
    ended = true;
    await both;
    agent.destroy();
    let lost = 0;
    for (const name of names) if ((await ask({ ...client, path: `${NAMESPACE}/${name}` })) === 404) lost += 1;
    const round = (ms: number): number => Math.round(ms / 100) / 10;
    return { write: round(gaps.write), read: round(gaps.read), written: names.length, lost };
  };
}

/** The status of the answer; 0: none came. */
function ask(options: RequestOptions, body?: unknown): Promise<number> {
  return new Promise((resolve) => {
    const sent = request({ ...options, headers: { 'content-type': 'application/json' }, timeout: 2000 }, (got) => {
      got.on('error', () => resolve(0));
      got.on('end', () => resolve(got.statusCode ?? 0));
      got.resume();
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(0));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const seconds = (number: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, number * 1000));
