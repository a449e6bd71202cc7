import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { podsReachEachOther } from '../e2e/support/across.js';
import { kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { noOwnKernels, withOwnKernels } from '../e2e/support/own-kernel.js';
import { preparedHosts } from '../e2e/support/prepared.js';

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
});
