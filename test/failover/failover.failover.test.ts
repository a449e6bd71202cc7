import { afterAll, beforeAll, expect, test } from 'vitest';
import { membersOn } from '../e2e/support/etcd.js';
import { findsCause } from '../e2e/support/examine.js';
import { FORM, useForm } from '../e2e/support/form.js';
import { eventually, kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import type { Outcome } from './clients.js';
import { dataLost, FROZEN, KILLED, LEADER_LOST, letIn, OFF, suffer, type Trouble } from './troubles.js';

/** Three control planes and a worker, through whose balancer the clients go. npm run test:failover prints the figures of docs/balancer.md. */
let cluster: LabHandle;
let inventory: string;
let address: string;

beforeAll(async () => {
  cluster = await lab('failover', { hosts: 4 });
  useForm(cluster, { datastore: 'etcd' });
  inventory = await changedInventory(cluster, 'three', (text) =>
    text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane'),
  );
  await cluster.sh('node3', `mkdir -p ${DATA} && mount -t tmpfs -o size=640m tmpfs ${DATA}`);
  await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
  address = await letIn(cluster, 'node4');
});

afterAll(async () => {
  await cluster.down();
});

/** Of etcd: on a disk of its own on the host that loses it. */
const DATA = '/var/lib/etcd';
/** It ends, and its pod, or the process it is in, is started again on what is there. */
const KILL_ETCD = `pkill -9 -x 'etcd|kinit-server' || true`;

/** Which of them is lost takes longest: with the process that etcd is in, its leader; else, where etcd is a process of its own, it is tried by itself. */
const lead = FORM === 'embedded' ? 'node3' : 'node1';

const TROUBLES: readonly Trouble[] = [
  KILLED,
  FROZEN,
  {
    title: "etcd's leader is killed",
    hosts: ['node3'],
    lead: 'node3',
    begin: KILL_ETCD,
    end: ':',
    within: LEADER_LOST,
  },
  OFF,
  {
    title: 'a control plane is cut off the network',
    hosts: ['node3'],
    lead,
    // The way to the host is cut too: it comes back by itself.
    begin: 'systemd-run --unit cut sh -c "ip link set host0 down; sleep 20; ip link set host0 up"',
    end: 'systemctl is-active cut || true',
    within: 5,
  },
  {
    title: 'the disk of a member is full',
    hosts: ['node3'],
    lead,
    begin: `head -c "$(df --output=avail -B1 ${DATA} | tail -n 1)" /dev/zero > ${DATA}/fill || true`,
    end: `rm -f ${DATA}/fill`,
    within: 5,
  },
];

test.each(TROUBLES)('$title: at most $within s without an answer, nothing lost, nothing wrong', async (trouble) => {
  await eventually('all nodes are Ready', 120, async () =>
    (await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)?.length === 4 ? true : undefined,
  );
  const { writeGap, readGap, watchGap, lost, wrong, written } = await suffer(cluster, { inventory, address }, trouble);
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(written).toBeGreaterThan(100);
  expect(Math.max(writeGap, readGap, watchGap)).toBeLessThanOrEqual(trouble.within);
});

test('a member that lost its disk: nothing is lost, the doctor names it, and by its advice it is a member again', async () => {
  const lost: Trouble = {
    title: 'a member loses its data',
    hosts: ['node3'],
    lead,
    begin: `dd if=/dev/zero of=${DATA}/member/snap/db bs=4096 count=4 conv=notrunc status=none; ${KILL_ETCD}`,
    end: ':',
    within: 5,
  };
  const outcome = await suffer(cluster, { inventory, address }, lost);
  expect({ lost: outcome.lost, wrong: outcome.wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(Math.max(outcome.writeGap, outcome.readGap, outcome.watchGap)).toBeLessThanOrEqual(lost.within);
  const kinitOn = { ...cluster, inventory };
  await findsCause(kinitOn, {
    cause: 'datastore-torn',
    host: 'node3',
    found: /the data of etcd are damaged: /,
    advice: /kinit reset node3, then kinit init do that$/,
    first: true,
    provoke: () => Promise.resolve(),
    mend: async () => {
      await kinitOk(['reset', 'node3', '--yes', '-i', inventory]);
      await kinitOk(['init', '-i', inventory]);
    },
  });
  expect(await membersOn(cluster, 'node3')).toEqual(['node1 voter', 'node2 voter', 'node3 voter']);
});

/** Of the API server of a host: 'ok', or why not. */
const readyz = async (host: string): Promise<string> =>
  (
    await cluster.sh(
      host,
      'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s get --raw /readyz 2>&1 | tail -n 1 || true',
    )
  ).stdout.trim();

test('the one that began the cluster loses all its data: it begins no other, and init makes it a member again', async () => {
  await eventually('all API servers are ready', 120, async () =>
    (await Promise.all(['node1', 'node2', 'node3'].map(readyz))).every((said) => said === 'ok') ? true : undefined,
  );
  const trouble = dataLost('node1', DATA, KILL_ETCD);
  const { writeGap, readGap, watchGap, lost, wrong } = await suffer(cluster, { inventory, address }, trouble);
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(Math.max(writeGap, readGap, watchGap)).toBeLessThanOrEqual(trouble.within);
  expect(await readyz('node1')).not.toBe('ok');
  await kinitOk(['init', '-i', inventory]);
  expect(await readyz('node1')).toBe('ok');
  expect(await membersOn(cluster, 'node1')).toEqual(['node1 voter', 'node2 voter', 'node3 voter']);
  expect((await kinitOk(['init', '-i', inventory])).stdout).toContain('Nothing to change');
});

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
