import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { podsReachEachOther } from '../e2e/support/across.js';
import { eventually, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf, noOwnKernels, withOwnKernels } from '../e2e/support/own-kernel.js';
import { preparedHosts } from '../e2e/support/prepared.js';
import { shape } from '../e2e/support/shapes.js';

const NODES = ['node1', 'node2', 'node3'];
const EXAMPLE = new URL('../../docs/examples/embedded.yaml', import.meta.url);

/** What the example is for: control groups of version 2 with their own defaults, and limits that bind. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('three machines with 1 processor and 1 GB each'), () => {
  let small: LabHandle;

  const free = async (name: string): Promise<number> =>
    Number(await hostOf(small, name).says("awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo"));

  beforeAll(async () => {
    const snapshot = await preparedHosts();
    small = await lab('small', { hosts: NODES.length, driver: 'uml', cpus: 1, memory: '1G', snapshot });
    const { controlPlane } = parse(readFileSync(EXAMPLE, 'utf8')) as Record<string, unknown>;
    shape({ inventory: { controlPlane } }, small.inventory);
  });

  afterAll(async () => {
    await small.down();
  });

  test('the cluster of the example comes up, and its server is not started a second time', async () => {
    await kinitOk(['init', '-i', small.inventory], { timeoutSeconds: 1500 });
    expect(await hostOf(small).says('nproc; stat -fc %T /sys/fs/cgroup')).toBe('1\ncgroup2fs');
    expect(await hostOf(small).says('systemctl show -p NRestarts --value kinit-server')).toBe('0');
    expect(await small.kubectl('get nodes --no-headers')).toMatch(/^(node\d +Ready +.*\n?){3}$/);
    expect(await hostOf(small).says('cat /var/lib/kubelet/config.yaml')).not.toContain('evictionHard');
    await podsReachEachOther(small, NODES);
  });

  test('every machine has memory left', async () => {
    const left = Object.fromEntries(await Promise.all(NODES.map(async (name) => [name, await free(name)] as const)));
    console.log(`MB available: ${JSON.stringify(left)}`);
    for (const name of NODES) expect(left[name], name).toBeGreaterThan(200);
  });

  test('after a reboot of the server the cluster is as it was, and init has nothing to do', async () => {
    await hostOf(small).reboot();
    await eventually('the API answers again', 300, () => small.kubectl('get --raw /readyz'));
    await eventually('all nodes are Ready', 300, async () =>
      /^(node\d +Ready +.*\n?){3}$/.test(await small.kubectl('get nodes --no-headers')) ? true : undefined,
    );
    const { code, stderr } = await kinitEvents(['init', '-i', small.inventory], { timeoutSeconds: 600 });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('reset takes everything away', async () => {
    await kinitOk(['reset', '--yes', '-i', small.inventory], { timeoutSeconds: 600 });
    expect(
      await hostOf(small).says(
        'systemctl list-units --all --no-legend "kinit-*" kubelet.service; ls /etc/kubernetes 2> /dev/null || :',
      ),
    ).toBe('');
  });
});
