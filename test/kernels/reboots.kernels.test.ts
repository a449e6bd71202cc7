import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinit, kinitEvents, kinitOk, lab, only, type LabHandle } from '../e2e/support/kinit.js';
import { bootAfter, hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { differences, record, type Recording } from '../e2e/support/recording/recording.js';
import { startKinit } from '../e2e/support/running.js';
import { shape } from '../e2e/support/shapes.js';

/** At boot the kernel sets it by the memory that is free then (mm/util.c, init_user_reserve). */
const SET_AT_BOOT = 'sysctl vm.user_reserve_kbytes';
/** Gone with the next boot: modules that a boot loaded for others, and what systemd remembers of a unit whose package is gone. */
const UNTIL_BOOT = ['module llc', 'module stp', 'unit apparmor.service'];

/** From bare to a cluster and back, with a reboot in the middle of both, and a clock that goes wrong in between. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('a cluster whose host reboots'), () => {
  let own: LabHandle;
  let node: OwnKernelHost;
  let before: Recording;

  /** Reboots the host when kinit has said something; gives kinit's exit code. */
  async function rebootedWhen(args: readonly string[], said: RegExp): Promise<number | null> {
    const bootId = await node.says('cat /proc/sys/kernel/random/boot_id');
    const run = startKinit(args);
    await run.until(said, 900);
    await own.sh('node1', 'systemctl reboot --force', { reject: false });
    const { code } = await run.ended(900);
    await bootAfter(own, 'node1', bootId);
    return code;
  }

  beforeAll(async () => {
    // With two CPUs a user-mode kernel once lost a request to its disk in the middle of init: threads of containerd waited for ever.
    own = await lab('reboots', { hosts: 1, driver: 'uml', cpus: 1 });
    shape({ inventory: { preflight: { ignore: ['cpu'] } } }, own.inventory);
    node = hostOf(own);
    // What only a first boot leaves is there then.
    await node.reboot();
    before = await record(own, 'node1');
  });

  afterAll(async () => {
    await own.down();
  });

  test('a reboot in the middle of init: that run says so, the next one goes on and comes to its end', async () => {
    const init = ['init', '-i', own.inventory];
    expect(await rebootedWhen(init, /node1 +control-plane/)).not.toBe(0);
    await kinitOk(init, { timeoutSeconds: 1000 });
    expect(await own.kubectl('get nodes --no-headers')).toMatch(/^node1 +Ready /);
    const { events } = await kinitEvents(init);
    expect(only(events, 'run-finished')).toMatchObject({ changes: 0 });
  });

  test('a clock that is past the end of all certificates: the API is refused, the doctor names the clock; one command sets it, and all goes on', async () => {
    await node.says('date -s "+11 years"; systemctl restart kubelet');
    expect(await own.kubectl('get nodes 2>&1', { reject: false })).toContain('certificate has expired');
    const doctor = await kinit(['doctor', '-i', own.inventory, '--output', 'json']);
    expect(doctor.code).not.toBe(0);
    expect(doctor.stdout).toContain('clock-skew');
    const { code, stderr } = await kinit(['init', '-i', own.inventory]);
    expect({ code, stderr }).toEqual({ code: 12, stderr: expect.stringContaining('--set-clocks') as string });
    await kinitOk(['init', '--set-clocks', '-i', own.inventory]);
    expect(Math.abs(Number(await node.says('date +%s')) - Date.now() / 1000)).toBeLessThan(60);
    expect(await own.kubectl('get nodes --no-headers')).toMatch(/^node1 +Ready /);
  });

  test('a reboot in the middle of reset: the next one goes on, and the host is as it was', async () => {
    const reset = ['reset', '--yes', '--remove-packages', '-i', own.inventory];
    expect(await rebootedWhen(reset, /node1 +undo +undone: /)).not.toBe(0);
    await kinitOk(reset);
    const changedBesides = async (...known: string[]): Promise<string> =>
      differences(before, await record(own, 'node1'), (section, key) => known.includes(`${section} ${key}`));
    expect(await changedBesides(SET_AT_BOOT, ...UNTIL_BOOT)).toBe('');
    await node.reboot();
    expect(await changedBesides(SET_AT_BOOT)).toBe('');
  });
});
