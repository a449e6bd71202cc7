import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { podsReachEachOther } from '../e2e/support/across.js';
import { all, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { OTHER_KERNEL, OTHER_RELEASE, RUN_OTHER_KERNEL } from '../e2e/support/other-kernel.js';
import { hostOf, noOwnKernels, withOwnKernels } from '../e2e/support/own-kernel.js';
import { preparedHosts } from '../e2e/support/prepared.js';
import { changedInventory } from '../e2e/support/running.js';

/** The network between hosts of both drivers, as a cluster uses it. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('a cluster of hosts of two drivers'), () => {
  const NODES = ['node1', 'node2', 'node3'];
  let both: LabHandle;

  beforeAll(async () => {
    // In this order, so that the inventory has what hosts with the machine's kernel need.
    const snapshot = await preparedHosts();
    await lab('drivers', { hosts: 1, driver: 'nspawn', snapshot });
    both = await lab('drivers', { hosts: NODES.length, driver: 'uml', snapshot });
  });

  afterAll(async () => {
    await both.down();
  });

  test("two workers with kernels of their own join; pods on all hosts reach each other and each other's Service", async () => {
    await kinitOk(['init', '-i', both.inventory], { timeoutSeconds: 1000 });
    const kernels = await both.kubectl("get nodes -o jsonpath='{.items[*].status.nodeInfo.kernelVersion}'");
    expect(new Set(kernels.split(' ')).size).toBe(2);
    await podsReachEachOther(both, NODES);
  });

  test('workers get another kernel one by one: each is drained, rebooted, and uncordoned when it is Ready', async () => {
    const WORKERS = NODES.slice(1);
    const boots = (): Promise<string[]> =>
      Promise.all(NODES.map((name) => hostOf(both, name).says('cat /proc/sys/kernel/random/boot_id')));
    await Promise.all(NODES.map((name) => both.sh(name, OTHER_KERNEL)));
    await both.sh('node1', RUN_OTHER_KERNEL);
    const before = await boots();
    const inventory = await changedInventory(
      both,
      'kernel',
      (text) => `${text}\nkernel: {upgrade: package, package: linux-image-${OTHER_RELEASE}}\n`,
    );
    const { code, events, stderr } = await kinitEvents(['init', '-i', inventory, '--only', 'kernel', '--yes'], {
      timeoutSeconds: 900,
    });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const booted = all(events, 'change-applied').filter(({ change }) => change.summary.startsWith('boot kernel'));
    expect(booted.map(({ host }) => host)).toEqual(WORKERS);

    const after = await boots();
    expect(NODES.map((_, at) => after[at] === before[at])).toEqual([true, false, false]);
    // Nobody would make them again elsewhere: they are started again where they were.
    expect((await both.kubectl('get pods -l run -o name')).trim().split('\n')).toEqual(
      NODES.map((name) => `pod/web-${name}`),
    );
    for (const node of WORKERS) {
      const told = await both.kubectl(
        `get events --field-selector involvedObject.kind=Node,involvedObject.name=${node} --sort-by .lastTimestamp -o jsonpath='{.items[*].reason}'`,
      );
      // The kubelet tells of a cordon when it next looks, which may be after the reboot.
      expect(told).toContain('NodeNotSchedulable');
      expect(told).toMatch(/Rebooted.* NodeSchedulable/);
    }
    expect(await both.kubectl('get nodes --no-headers')).toMatch(/^(node\d +Ready +.*\n?){3}$/);
  });
});
