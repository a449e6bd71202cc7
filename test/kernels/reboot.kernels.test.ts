import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { all, kinitEvents, lab, type LabHandle } from '../e2e/support/kinit.js';
import { bootAfter, hostOf, noOwnKernels, withOwnKernels } from '../e2e/support/own-kernel.js';
import { OTHER_KERNEL, OTHER_RELEASE, RUN_OTHER_KERNEL } from '../e2e/support/other-kernel.js';
import { changedInventory, startKinit } from '../e2e/support/running.js';

const HOSTS = ['node1', 'node2', 'node3'] as const;
const NOTE = '/var/lib/kinit/kernel-move';

/** Told to reboot, it switches itself off. */
const NEVER_BACK = `cat > /usr/local/sbin/systemctl << 'END'
#!/bin/sh
case "$1" in reboot) exec /bin/systemctl poweroff ;; *) exec /bin/systemctl "$@" ;; esac
END
chmod 755 /usr/local/sbin/systemctl`;

describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('reboots for another kernel'), () => {
  let own: LabHandle;
  let inventory: string;

  beforeAll(async () => {
    own = await lab('reboot', { hosts: HOSTS.length, memory: '1G', cpus: 1, driver: 'uml' });
    await Promise.all(HOSTS.map((name) => own.sh(name, OTHER_KERNEL)));
    // The control plane has its kernel already; what becomes of the workers is no matter to it.
    await own.sh('node1', RUN_OTHER_KERNEL);
    await own.sh('node3', NEVER_BACK);
    inventory = await changedInventory(
      own,
      'kernel',
      (text) => `${text}
kernel: {upgrade: package, package: linux-image-${OTHER_RELEASE}}
waits: {rebootSeconds: 90}
preflight: {ignore: [cpu, memory]}
`,
    );
  });

  afterAll(async () => {
    await own.down();
  });

  const boot = (name: string): Promise<string> => hostOf(own, name).says('cat /proc/sys/kernel/random/boot_id');
  const move = (...more: string[]): ReturnType<typeof kinitEvents> =>
    kinitEvents(['init', '-i', inventory, '--only', 'kernel,hosts-file', ...more]);

  test('without a terminal and without --yes no host is changed', async () => {
    const before = await boot('node2');
    const { code, events, stderr } = await move();
    expect({ code, changed: all(events, 'change-applied').length }).toEqual({ code: 10, changed: 0 });
    expect(JSON.stringify(events) + stderr).toContain('Add --yes if you mean it.');
    expect(await boot('node2')).toBe(before);
    expect((await own.sh('node2', `test -e /root/calls`, { reject: false })).code).toBe(1);
  });

  test('kinit is killed while a host reboots: the next run finishes that host without another reboot', async () => {
    const before = await boot('node2');
    const killed = startKinit(['init', '-i', inventory, '--only', 'kernel', '--yes']);
    await killed.until(/node2 .*reboots, at most 90 s/, 300);
    killed.signal('SIGKILL');
    await killed.ended();
    await bootAfter(own, 'node2', before);
    expect(await hostOf(own, 'node2').says(`cat ${NOTE}`)).toBe(`${OTHER_RELEASE} ${before}`);
    const between = await boot('node2');

    // The other worker is told to reboot in the same run, and never comes back: it is named, and the phases go on with the others.
    const { code, events } = await move('--yes');
    expect(code).toBe(16);
    expect(await boot('node2')).toBe(between);
    expect((await own.sh('node2', `test -e ${NOTE}`, { reject: false })).code).toBe(1);
    expect(await hostOf(own, 'node2').says("grep -o '^grub-[a-z-]* .*-advanced-1' /root/calls | tail -n 1")).toBe(
      `grub-set-default gnulinux-${OTHER_RELEASE}-advanced-1`,
    );
    const failed = all(events, 'phase-failed').map(({ host, phase, message }) => ({ host, phase, message }));
    expect(failed).toEqual([
      { host: 'node3', phase: 'kernel', message: 'did not come back within 90 s after its reboot' },
    ]);
    const through = all(events, 'phase-finished').flatMap(({ host, phase }) => (phase === 'hosts-file' ? [host] : []));
    expect(through.sort()).toEqual(['node1', 'node2']);
  });
});
