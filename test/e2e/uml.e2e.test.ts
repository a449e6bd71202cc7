import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING, leftOut } from './support/everything.js';
import { all, kinitEvents, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { hostOf, noOwnKernels, withOwnKernels, type OwnKernelHost } from './support/own-kernel.js';
import { preparedHosts } from './support/prepared.js';
import { changedInventory } from './support/running.js';
import { EMBEDDED, shape } from './support/shapes.js';

/** What a host is prepared with; nothing of it needs a cluster. */
const PREPARED = ['swap', 'modules', 'sysctls'];
const PREPARE = ['--only', PREPARED.join()];
const MODULES = ['overlay', 'br_netfilter', 'ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'];

/** What a kernel that all hosts share cannot show, on one host from bare to a cluster in its small form and back. More of it: test/kernels. */
describe.skipIf(noOwnKernels !== undefined)(withOwnKernels('a host with a kernel of its own'), () => {
  let own: LabHandle;
  let node: OwnKernelHost;
  let inventory: string;
  let before: string;

  const swaps = (): Promise<string> => node.says("awk 'NR > 1 { print $1 }' /proc/swaps");
  const loaded = async (): Promise<string[]> => (await node.says('cut -d " " -f 1 /proc/modules')).split('\n');
  const settings = (): Promise<string> =>
    node.says('cat /etc/fstab; sysctl net.ipv4.ip_forward kernel.panic vm.overcommit_memory');

  beforeAll(async () => {
    own = await lab('uml', { hosts: 1, driver: 'uml', snapshot: await preparedHosts() });
    node = hostOf(own);
    shape(EMBEDDED, own.inventory);
    inventory = await changedInventory(own, 'ipvs', (text) => `${text}\nproxyMode: ipvs\n`);
    await node.says(`fallocate -l 64M /swapfile && chmod 600 /swapfile && mkswap -q /swapfile && swapon /swapfile
      echo '/swapfile none swap sw 0 0' >> /etc/fstab`);
    before = await settings();
  });

  afterAll(async () => {
    await own.down();
  });

  test('the kernel is its own, with control groups of version 2 whose memory limit binds', async () => {
    expect(await node.says('uname -r')).not.toBe(readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim());
    expect(await node.says('stat -fc %T /sys/fs/cgroup')).toBe('cgroup2fs');
    const limited = await own.sh(
      'node1',
      "systemd-run --wait --pipe -qp MemoryMax=32M -p MemorySwapMax=0 sh -c 'head -c 100M /dev/zero | tail > /dev/null'; dmesg | grep -c CONSTRAINT_MEMCG",
      { reject: false },
    );
    expect(Number(limited.stdout)).toBeGreaterThan(0);
  });

  test('a module that the kernel does not have is named, and nothing is done', async () => {
    await node.says('mv /lib/modules/$(uname -r)/kernel/net/bridge /root/ && depmod');
    const { code, events } = await kinitEvents(['init', '-i', inventory, ...PREPARE]);
    await node.says('mv /root/bridge /lib/modules/$(uname -r)/kernel/net/ && depmod');
    expect({ code, changed: all(events, 'change-applied').length }).toEqual({ code: 13, changed: 0 });
    expect(JSON.stringify(events)).toContain('br_netfilter');
    expect(await swaps()).toBe('/swapfile');
  });

  test('swap is off, modules are loaded and sysctls set, also after a reboot', async () => {
    await kinitOk(['init', '-i', inventory, ...PREPARE]);
    for (const boot of [undefined, node.reboot]) {
      await boot?.();
      expect(await swaps()).toBe('');
      expect(await loaded()).toEqual(expect.arrayContaining(MODULES));
      expect(await node.says('sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables')).toBe('1\n1');
    }
  });

  test('init has nothing left to prepare, and makes a cluster; the kubelet runs with defaults of its own', async () => {
    const { code, events, stderr } = await kinitEvents(['init', '-i', inventory]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const changed = all(events, 'change-applied').map(({ phase }) => phase);
    expect(changed).toContain('kubelet');
    expect(changed.filter((phase) => PREPARED.includes(phase))).toEqual([]);
    expect(await node.says('ls /sys/fs/cgroup')).toContain('kubepods.slice');
    const kubelet = await node.says('cat /var/lib/kubelet/config.yaml');
    expect(kubelet).toMatch(/^failCgroupV1: true$/m);
    expect(kubelet).toMatch(/^failSwapOn: true$/m);
    expect(kubelet).not.toContain('evictionHard');
  });

  test('kube-proxy in ipvs mode carries the traffic of real Services', async () => {
    expect(await node.says('cat /var/lib/kube-proxy/config.conf')).toContain('mode: ipvs');
    // The kernel's own table counts what goes through it.
    await node.says('ipvsadm --zero');
    expect(await own.kubectl('--server=https://10.96.0.1 get --raw /version')).toContain('gitVersion');
    // It sums up what its processors counted every two seconds (net/netfilter/ipvs/ip_vs_est.c).
    await expect
      .poll(() => node.says('ipvsadm -Ln --stats --exact'), { timeout: 20_000, interval: 500 })
      .toMatch(/^TCP +10\.96\.0\.1:443 +[1-9]/m);
    expect(await node.says('ipvsadm -Ln')).toMatch(/^UDP +10\.96\.0\.10:53 rr\n( +-> 10\.244\.0\.\d+:53 .*\n?){2}/m);
  });

  // With its kernel in a process, each command of a host takes many times as long: reset does minutes.
  test.runIf(EVERYTHING)(
    leftOut('reset turns swap on again, and takes tables, modules and settings of the cluster away'),
    async () => {
      await kinitOk(['reset', '--yes', '-i', inventory]);
      expect(await swaps()).toBe('/swapfile');
      expect(await settings()).toBe(before);
      expect(await node.says('ip -br link')).not.toMatch(/kube-ipvs0|cni0|flannel/);
      expect(await loaded()).not.toContain('br_netfilter');
    },
  );
});
