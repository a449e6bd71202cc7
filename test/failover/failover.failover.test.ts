import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { clientOf, startClients, type Outcome } from './clients.js';

/** Three control planes and a worker, through whose balancer the clients go. npm run test:failover prints the figures of docs/balancer.md. */
let cluster: LabHandle;
let inventory: string;
let address: string;

beforeAll(async () => {
  cluster = await lab('failover', { hosts: 4 });
  inventory = await changedInventory(cluster, 'three', (text) =>
    text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane'),
  );
  await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
  const { stdout } = await cluster.sh(
    'node4',
    "ip -4 -o addr show dev host0 | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p'",
  );
  address = stdout.trim().split('\n')[0] ?? '';
  // Nobody else reaches the balancer: these clients are let in for the test.
  await cluster.sh(
    'node4',
    `systemd-run --unit let-in socat TCP-LISTEN:7000,bind=${address},fork,reuseaddr TCP:127.0.0.1:6444`,
  );
});

afterAll(async () => {
  await cluster.down();
});

interface Trouble {
  readonly title: string;
  /** Two where etcd does not mind: which server a client is at is the balancer's choice, and one of three it mostly is not. */
  readonly hosts: readonly string[];
  readonly begin: string;
  readonly end: string;
  /** Seconds without an answer that are allowed. */
  readonly within: number;
}

const API = `pgrep -f '^(/usr/local/bin/)?kube-apiserver ' | head -n 1`;

const TROUBLES: readonly Trouble[] = [
  {
    title: 'two API servers are killed',
    hosts: ['node1', 'node3'],
    begin: `kill -9 $(${API})`,
    end: ':',
    within: 3,
  },
  {
    title: 'two API servers are frozen',
    hosts: ['node1', 'node2'],
    begin: `kill -STOP $(${API})`,
    end: `kill -CONT $(${API})`,
    within: 5,
  },
  {
    title: 'a control plane is cut off the network',
    hosts: ['node3'],
    // The way to the host is cut too: it comes back by itself.
    begin: 'systemd-run --unit cut sh -c "ip link set host0 down; sleep 20; ip link set host0 up"',
    end: 'systemctl is-active cut || true',
    within: 5,
  },
];

test.each(TROUBLES)(
  '$title: at most $within s without an answer, nothing lost, nothing wrong',
  async ({ title, hosts, begin, end, within }) => {
    await eventually('all nodes are Ready', 120, async () =>
      (await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)?.length === 4 ? true : undefined,
    );
    const fetched = join(tmpdir(), `kinit-failover-${String(process.pid)}.kubeconfig`);
    await kinitOk(['kubeconfig', '-i', inventory, '--out', fetched]);
    const stop = await startClients(
      clientOf(fetched, address, 7000),
      `run-${String(TROUBLES.findIndex((each) => each.title === title))}`,
    );
    await seconds(5);
    await Promise.all(hosts.map((host) => cluster.sh(host, begin)));
    await seconds(15);
    await seconds(10);
    for (const host of hosts) await eventually(`${host} answers`, 60, () => cluster.sh(host, end));
    await seconds(5);
    const outcome = await stop();
    tell(title, outcome);
    const { writeGap, readGap, watchGap, lost, wrong, written } = outcome;
    expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
    expect(written).toBeGreaterThan(100);
    expect(Math.max(writeGap, readGap, watchGap)).toBeLessThanOrEqual(within);
  },
);

test('kinit check ha measures the same on request, and refuses a cluster that is not well', async () => {
  await eventually('all nodes are Ready', 120, async () =>
    (await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)?.length === 4 ? true : undefined,
  );
  const asked = await kinit(['check', 'ha', '-i', inventory]);
  expect({ code: asked.code, said: asked.stderr }).toEqual({
    code: 10,
    said: expect.stringContaining('Add --yes if you mean it') as string,
  });
  const { code, stdout } = await kinit(['check', 'ha', '-i', inventory, '--yes', '--output', 'json']);
  const { result } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { result: Outcome & { on: string } };
  process.stdout.write(`kinit check ha: ${JSON.stringify(result)}\n`);
  expect({ code, on: result.on, lost: result.lost, wrong: result.wrong }).toEqual({
    ...{ code: 0, on: 'node4', lost: 0, wrong: 0 },
  });
  expect(result.written).toBeGreaterThan(50);
  expect(Math.max(result.writeGap, result.readGap)).toBeLessThanOrEqual(3);
  expect(await cluster.kubectl('-n kube-system get configmaps -o name')).not.toContain('kinit-check-ha');

  await cluster.sh('node3', 'systemctl stop kubelet');
  await cluster.kubectl('wait --for=condition=Ready=Unknown node/node3 --timeout=120s');
  const ill = await kinit(['check', 'ha', '-i', inventory, '--yes']);
  await cluster.sh('node3', 'systemctl start kubelet');
  expect({ code: ill.code, said: ill.stderr }).toEqual({
    code: 20,
    said: expect.stringMatching(/not well; nothing was touched[^]*node3 is not Ready/) as string,
  });
});

const seconds = (number: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, number * 1000));

function tell(title: string, { writeGap, readGap, watchGap, written, lost, wrong }: Outcome): void {
  process.stdout.write(
    `${title}: without an answer ${String(writeGap)} s (writes), ${String(readGap)} s (reads), ${String(watchGap)} s (watch); ${String(written)} writes acknowledged, ${String(lost)} lost, ${String(wrong)} wrong answers\n`,
  );
}
