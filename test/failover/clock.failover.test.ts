import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { useForm } from '../e2e/support/form.js';
import { eventually, kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { changedInventory } from '../e2e/support/running.js';
import { letIn, suffer, type Trouble } from './troubles.js';

/** A control plane with a kernel, and so a clock, of its own. */
const WRONG = 'node4';

/** Sets the clock of a host that has one of its own. */
const set = (by: string): string => `date -s "${by}" > /dev/null`;
const right = (): string => `date -s @${String(Math.round(Date.now() / 1000))} > /dev/null`;

const TROUBLES: readonly Trouble[] = [
  {
    title: 'the clock of a member jumps ahead',
    hosts: [WRONG],
    begin: set('+2 hours'),
    end: set('-2 hours'),
    within: 5,
  },
  {
    title: 'the clock of a member falls behind',
    hosts: [WRONG],
    begin: set('-2 hours'),
    end: set('+2 hours'),
    within: 5,
  },
];

/** Three control planes, of which one has a clock of its own, and a worker through whose balancer the clients go. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('a clock that is wrong'), () => {
  let cluster: LabHandle;
  let inventory: string;
  let address: string;
  let node: OwnKernelHost;
  let virtualAddress: string;

  beforeAll(async () => {
    await lab('clock', { hosts: 3, driver: 'nspawn' });
    cluster = await lab('clock', { hosts: 4, cpus: 1, memory: '2G', driver: 'uml' });
    node = hostOf(cluster, WRONG);
    useForm(cluster, { datastore: 'etcd' });
    inventory = await changedInventory(cluster, 'three', (text) => {
      const read = parse(text) as { readonly hosts: readonly { readonly address: string }[] };
      virtualAddress = read.hosts[0]?.address.replace(/\d+$/, '240') ?? '';
      const hosts = read.hosts.map((host, at) => ({ ...host, roles: [at === 2 ? 'worker' : 'control-plane'] }));
      const apiServer = { virtualAddress: { address: virtualAddress } };
      return stringify({ ...read, hosts, apiServer, preflight: { ignore: ['cpu'] } });
    });
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
    address = await letIn(cluster, 'node3');
  });

  afterAll(async () => {
    await cluster.down();
  });

  test.each(TROUBLES)('$title: at most $within s without an answer, nothing lost, nothing wrong', async (trouble) => {
    await eventually('all nodes are Ready', 120, async () =>
      (await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)?.length === 4 ? true : undefined,
    );
    const { writeGap, readGap, watchGap, lost, wrong, written } = await suffer(
      cluster,
      { inventory, address },
      trouble,
    );
    expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
    expect(written).toBeGreaterThan(100);
    expect(Math.max(writeGap, readGap, watchGap)).toBeLessThanOrEqual(trouble.within);
  });

  test('the virtual address leaves it', async () => {
    const has = async (): Promise<true | undefined> => {
      const answer = await cluster.sh(WRONG, `ip -o addr show to ${virtualAddress}`, { reject: false });
      return answer.stdout.includes(virtualAddress) ? true : undefined;
    };
    // Whoever has it keeps it, and is made to begin anew until this one has it.
    await eventually('it has the address', 240, async () => {
      if ((await has()) === true) return true;
      for (const host of ['node1', 'node2']) await cluster.sh(host, 'pkill -9 keepalived', { reject: false });
      return undefined;
    });
    await node.says(set('-2 hours'));
    await eventually('it gives the address up', 30, async () => ((await has()) === true ? undefined : true));
    await node.says(right());
  });

  test('the doctor names the host and its clock; set right, init goes through and all nodes are Ready', async () => {
    await node.says(set('+2 hours'));
    const ill = await kinit(['doctor', '-i', inventory, '--output', 'json']);
    expect([ill.code, ill.stdout]).toEqual([expect.any(Number), expect.stringMatching(/clock-skew[^]*node4/)]);
    await node.says(right());
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 600 });
    expect((await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)).toHaveLength(4);
  });
});
