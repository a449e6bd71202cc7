import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useForm } from '../e2e/support/form.js';
import { eventually, kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { changedInventory } from '../e2e/support/running.js';
import { letIn, suffer, type Trouble } from './troubles.js';

/** Sets the clock of a host that has one of its own. */
const set = (by: string): string => `date -s "${by}" > /dev/null`;
const right = (): string => `date -s @${String(Math.round(Date.now() / 1000))} > /dev/null`;

const TROUBLES: readonly Trouble[] = [
  {
    title: 'the clock of a member jumps ahead',
    hosts: ['node1'],
    begin: set('+2 hours'),
    end: set('-2 hours'),
    within: 5,
  },
  {
    title: 'the clock of a member falls behind',
    hosts: ['node1'],
    begin: set('-2 hours'),
    end: set('+2 hours'),
    within: 5,
  },
];

/** Three control planes, of which the first has a kernel and a clock of its own, and a worker through whose balancer the clients go. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('a clock that is wrong'), () => {
  let cluster: LabHandle;
  let inventory: string;
  let address: string;
  let node: OwnKernelHost;

  beforeAll(async () => {
    await lab('clock', { hosts: 1, cpus: 1, memory: '2G', driver: 'uml' });
    cluster = await lab('clock', { hosts: 4, driver: 'nspawn' });
    node = hostOf(cluster);
    useForm(cluster, { datastore: 'etcd' });
    inventory = await changedInventory(
      cluster,
      'three',
      (text) =>
        `${text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane')}\npreflight: { ignore: [cpu] }\n`,
    );
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
    address = await letIn(cluster, 'node4');
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

  test('the doctor names the host and its clock; set right, nothing is left to do', async () => {
    await node.says(set('+2 hours'));
    const ill = await kinit(['doctor', '-i', inventory, '--output', 'json']);
    expect([ill.code, ill.stdout]).toEqual([expect.any(Number), expect.stringMatching(/clock-skew[^]*node1/)]);
    await node.says(right());
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 600 });
    expect((await cluster.kubectl('get nodes --no-headers')).match(/ Ready /g)).toHaveLength(4);
  });
});
