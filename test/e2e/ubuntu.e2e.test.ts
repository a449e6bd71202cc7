import { expect, test } from 'vitest';
import { CELL_HOST, testCell } from './support/cell.js';
import { kinitOk, type LabHandle } from './support/kinit.js';
import { RUNTIME } from './support/runtime.js';

/** A host with the names, services and settings of Ubuntu; kernel, C library and packages are Debian's (docs/lab.md). */
testCell({ name: 'ubuntu', image: 'ubuntu-24.04', runtime: RUNTIME }, { bare: socketAlone, running: asUbuntu });

const says = async (cluster: LabHandle, command: string): Promise<string> =>
  (await cluster.sh(CELL_HOST, command)).stdout.trim();

/** What the cell does afterwards finds sshd not started yet. */
function socketAlone(cluster: () => LabHandle): void {
  test('systemd listens for SSH', async () => {
    expect(
      await says(cluster(), 'systemctl is-active ssh.socket; systemctl stop ssh.service; cat /etc/os-release'),
    ).toMatch(/^active\n[^]*"Ubuntu 24\.04\.\d LTS, emulated"/);
  });
}

function asUbuntu(cluster: () => LabHandle): void {
  test('pods ask the name servers behind systemd-resolved, not the address of their own', async () => {
    expect(await says(cluster(), `sed -n 's/^nameserver //p' /etc/resolv.conf`)).toBe('127.0.0.53');
    // The pod that answers for the cluster asks as its host does (dnsPolicy: Default).
    const asked = await says(cluster(), 'cat /proc/$(pgrep -o -x coredns)/root/etc/resolv.conf');
    expect(asked).toContain('nameserver ');
    expect(asked).not.toContain('127.0.0.53');
    expect(asked).toContain(await says(cluster(), `sed -n 's/^DNS=//p' /etc/systemd/resolved.conf.d/lab.conf`));
  });

  test('systemd-networkd, started again, leaves links and routes of pods; nothing is to be done afterwards', async () => {
    const routes = 'ip route show dev cni0; ip -brief address show dev flannel.1';
    const before = await says(cluster(), routes);
    expect(before).toContain('10.244.0.0/24');
    await cluster().sh(CELL_HOST, 'systemctl restart systemd-networkd');
    expect(await says(cluster(), 'networkctl list --no-legend --no-pager cni0 flannel.1')).not.toMatch(/configur/);
    expect(await says(cluster(), routes)).toBe(before);
    await kinitOk(['status', '-i', cluster().inventory]);
  });
}
