import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLab, killHost, startHost } from '../../src/lab/index.js';
import { all, kinitEvents, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from '../e2e/support/own-kernel.js';
import { changedInventory } from '../e2e/support/running.js';

/** Boots the first host with these words for its kernel, as its boot loader would give them. */
async function bootWith(own: LabHandle, words: string): Promise<void> {
  await own.sh('node1', `echo 'GRUB_CMDLINE_LINUX="${words}"' > /etc/default/grub && sync`);
  const made = await findLab(own.name);
  await killHost(made, 'node1');
  await startHost(made, 'node1');
}

/** How a host is prepared where its kernel decides: a clock, zram, IPv6, AppArmor, SELinux. No cluster. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('preparing hosts with kernels of their own'), () => {
  let own: LabHandle;
  let node: OwnKernelHost;

  beforeAll(async () => {
    own = await lab('prepare-own', { hosts: 1, memory: '2G', driver: 'uml' });
    node = hostOf(own);
  });

  afterAll(async () => {
    await own.down();
  });

  test('a clock that is wrong is refused by preflight, before anything is changed', async () => {
    await node.says('date -s "2031-01-01 00:00 UTC"');
    const { code, events } = await kinitEvents(['init', '-i', own.inventory, '--only', 'sysctls']);
    await node.says(`date -s @${Math.round(Date.now() / 1000)}`);
    expect({ code, changed: all(events, 'change-applied').length }).toEqual({ code: 13, changed: 0 });
    expect(JSON.stringify(events)).toContain('Set the clock right');
  });

  test('zram: off at once; after a reboot there is nothing to bring back, which reset tells', async () => {
    await node.says(
      'modprobe zram && echo 64M > /sys/block/zram0/disksize && mkswap -q /dev/zram0 && swapon /dev/zram0',
    );
    await kinitOk(['init', '-i', own.inventory, '--only', 'swap']);
    expect(await node.says("awk 'NR > 1' /proc/swaps")).toBe('');
    await node.reboot();
    const { code, events } = await kinitEvents(['reset', '--yes', '-i', own.inventory]);
    expect(code).toBe(0);
    expect(all(events, 'warning').map(({ text }) => text)).toContainEqual(
      expect.stringContaining('/dev/zram0 was swap and holds none any more'),
    );
  });

  test('zram that is still there is swap again after reset', async () => {
    await node.says(
      'modprobe zram && echo 64M > /sys/block/zram0/disksize && mkswap -q /dev/zram0 && swapon /dev/zram0',
    );
    await kinitOk(['init', '-i', own.inventory, '--only', 'swap']);
    await kinitOk(['reset', '--yes', '-i', own.inventory]);
    expect(await node.says("awk 'NR > 1 { print $1 }' /proc/swaps")).toBe('/dev/zram0');
    await node.says('swapoff /dev/zram0');
  });

  test('ipv6: off takes the addresses away, also after a reboot; reset brings them back', async () => {
    const off = await changedInventory(own, 'ipv6', (text) => `${text}\nipv6: off\n`);
    const addresses = (): Promise<string> => node.says('ip -6 -br address show dev vec0');
    expect(await addresses()).toContain('fe80:');
    await kinitOk(['init', '-i', off, '--only', 'modules,sysctls']);
    expect(await addresses()).toBe('');
    await node.reboot();
    expect(await addresses()).toBe('');
    await kinitOk(['reset', '--yes', '-i', off]);
    await node.reboot();
    expect(await addresses()).toContain('fe80:');
  });

  test('AppArmor is on and stays on, with its profiles', async () => {
    await node.says('apt-get install -y --no-install-recommends apparmor > /dev/null 2>&1');
    await bootWith(own, 'security=apparmor');
    expect(await node.says('cat /sys/module/apparmor/parameters/enabled')).toBe('Y');
    const profiles = (): Promise<string> => node.says('grep -c enforce /sys/kernel/security/apparmor/profiles');
    const before = await profiles();
    expect(Number(before)).toBeGreaterThan(0);
    await kinitOk(['init', '-i', own.inventory, '--only', 'swap,selinux,modules,sysctls']);
    expect(await profiles()).toBe(before);
    await kinitOk(['reset', '--yes', '-i', own.inventory]);
    expect(await profiles()).toBe(before);
  });
});

/** Debian's policy on a kernel that is started with SELinux, as its boot loader would. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('SELinux'), () => {
  let own: LabHandle;
  let node: OwnKernelHost;
  const mode = (): Promise<string> => node.says('getenforce');
  const stored = (): Promise<string> => node.says("sed -n 's/^SELINUX=//p' /etc/selinux/config");
  const store = (to: string): Promise<string> => node.says(`sed -i 's/^SELINUX=.*/SELINUX=${to}/' /etc/selinux/config`);
  const withMode = (to: string): Promise<string> =>
    changedInventory(own, `selinux-${to}`, (text) => `${text}\nselinux: ${to}\n`);

  beforeAll(async () => {
    own = await lab('selinux', { hosts: 1, memory: '2G', driver: 'uml' });
    node = hostOf(own);
    await own.sh(
      'node1',
      `apt-get install -y --no-install-recommends selinux-policy-default selinux-utils policycoreutils > /dev/null 2>&1
      setfiles -q -F -e /proc -e /sys -e /dev /etc/selinux/default/contexts/files/file_contexts / 2> /dev/null || :`,
      { timeoutSeconds: 900 },
    );
    await bootWith(own, 'security=selinux selinux=1');
  });

  afterAll(async () => {
    await own.down();
  });

  test('enforcing becomes permissive, now and after a reboot; reset makes it enforcing again', async () => {
    await store('enforcing');
    await node.reboot();
    expect(await mode()).toBe('Enforcing');
    const inventory = await withMode('permissive');
    await kinitOk(['init', '-i', inventory, '--only', 'selinux']);
    expect([await mode(), await stored()]).toEqual(['Permissive', 'permissive']);
    await node.reboot();
    expect(await mode()).toBe('Permissive');
    await kinitOk(['reset', '--yes', '-i', inventory]);
    expect([await mode(), await stored()]).toEqual(['Enforcing', 'enforcing']);
  });

  test('kept enforcing: what is written and brought has the labels that the policy gives its places', async () => {
    expect(await mode()).toBe('Enforcing');
    const inventory = await withMode('keep');
    await kinitOk(['init', '-i', inventory, '--only', 'hosts-file,modules,sysctls,binaries']);
    expect([await mode(), await stored()]).toEqual(['Enforcing', 'enforcing']);
    const wrong = await node.says(
      `for file in /etc/hosts /etc/modules-load.d/* /etc/sysctl.d/* /usr/local/bin/* /opt/cni/bin/*; do matchpathcon -V "$file"; done 2>&1 | grep -v ' verified[.]$'; ls /usr/local/bin/kubelet`,
    );
    expect(wrong).toBe('/usr/local/bin/kubelet');
    await kinitOk(['reset', '--yes', '-i', inventory]);
  });

  test('disabled is permissive now and disabled after a reboot; a permissive host that has it stored changes nothing', async () => {
    await store('permissive');
    const inventory = await withMode('disabled');
    await kinitOk(['init', '-i', inventory, '--only', 'selinux']);
    expect([await mode(), await stored()]).toEqual(['Permissive', 'disabled']);
    await node.reboot();
    expect(await mode()).toBe('Disabled');
    const { code, events } = await kinitEvents(['init', '-i', inventory, '--only', 'selinux']);
    expect({ code, changed: all(events, 'change-applied').length }).toEqual({ code: 0, changed: 0 });
  });
});
