import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRIVERS } from '../../src/lab/drivers/index.js';
import { all, kinitEvents, lab, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { changedInventory } from '../e2e/support/running.js';

const noMachines = await DRIVERS.qemu.unavailable();

/** Kernels that are really changed through the boot loader of a whole machine: emulated it takes its time. */
describe.skipIf(noMachines !== undefined)('another kernel through GRUB', () => {
  let own: LabHandle;
  let node: OwnKernelHost;

  beforeAll(async () => {
    own = await lab('grub', { hosts: 1, memory: '768M', cpus: 1, driver: 'qemu' });
    node = hostOf(own);
  });

  afterAll(async () => {
    await own.down();
  });

  const running = (): Promise<string> => node.says('uname -r');
  const boot = (): Promise<string> => node.says('cat /proc/sys/kernel/random/boot_id');

  async function move(release: string): ReturnType<typeof kinitEvents> {
    const inventory = await changedInventory(
      own,
      release,
      (text) => `${text}\nkernel: {upgrade: package, package: linux-image-${release}}\n`,
    );
    return kinitEvents(['init', '-i', inventory, '--only', 'kernel', '--yes', '--skip', 'preflight'], {
      timeoutSeconds: 1200,
    });
  }

  test('a machine has a hardware id of its own, which its firmware tells', async () => {
    expect(await node.says('cat /sys/class/dmi/id/product_uuid')).toMatch(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  });

  test('the newest kernel of its flavour is installed, booted, and the default; one that panics is not', async () => {
    const former = await running();
    const newest = await node.says(
      `apt-cache search --names-only '^linux-image-[0-9].*-cloud-amd64$' | sed 's/^linux-image-//; s/ .*//' | grep -vxF '${former}' | sort -V | tail -n 1`,
    );
    const moved = await move(newest);
    expect({ code: moved.code, running: await running() }).toEqual({ code: 0, running: newest });
    expect(all(moved.events, 'change-applied').map(({ change }) => change.summary)).toEqual([
      `install kernel ${newest}`,
      `boot kernel ${newest}`,
    ]);
    const here = await boot();
    const again = await move(newest);
    expect({ code: again.code, changes: all(again.events, 'change-applied').length }).toEqual({ code: 0, changes: 0 });
    expect(await boot()).toBe(here);

    // Without its first file system a kernel finds no disk, and panics.
    await node.says(`: > /boot/initrd.img-${former} && sync`);
    const back = await move(former);
    expect(back.code).toBe(14);
    expect(all(back.events, 'phase-failed').map(({ message }) => message)).toEqual([
      `kernel ${former} did not come up: the host runs ${newest} again`,
    ]);
    expect(await running()).toBe(newest);
    expect(await boot()).not.toBe(here);
    // What every boot takes is what was seen to run.
    expect(await node.says('grub-editenv list')).toContain(`gnulinux-${newest}-advanced-`);
  });
});
