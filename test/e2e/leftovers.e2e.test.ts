import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckResult } from '../../src/model/check.js';
import type { KinitEvent } from '../../src/model/event.js';
import { all, failuresOf, kinitEvents, kinitOk, lab, only, type LabHandle } from './support/kinit.js';
import { LEFT_BEHIND } from './support/leftovers.js';
import { differences, record, type Recording } from './support/recording/recording.js';

const HOSTS = ['node1', 'node2'] as const;

let cluster: LabHandle;
const before = new Map<string, Recording>();

beforeAll(async () => {
  cluster = await lab('leftovers', { hosts: HOSTS.length });
  await Promise.all(
    HOSTS.map(async (host) => {
      for (const { on, script } of LEFT_BEHIND) if (on.includes(host)) await cluster.sh(host, `set -e\n${script}`);
      // A kubelet's folder on another disk, by a link.
      if (host === 'node2')
        await cluster.sh(
          host,
          'mkdir -p /data && mv /var/lib/kubelet /data/kubelet && ln -s /data/kubelet /var/lib/kubelet',
        );
      before.set(host, await record(cluster, host));
    }),
  );
});

afterAll(async () => {
  await cluster.down();
});

function leftoversOf(events: readonly KinitEvent[], name: string): (CheckResult & { readonly row: string })[] {
  return all(events, 'check')
    .filter(({ host, check }) => host === name && check.name.startsWith('leftover-'))
    .map(({ check }) => ({ ...check, row: check.name.slice('leftover-'.length) }));
}

/** Writes an option of the inventory, of a host or of all. */
function say(option: string, host?: string): void {
  const text = readFileSync(cluster.inventory, 'utf8');
  const place = host === undefined ? /^ssh:/m : new RegExp(`(?<=- name: ${host}\\n)`);
  writeFileSync(cluster.inventory, text.replace(place, host === undefined ? `${option}\n\nssh:` : `    ${option}\n`));
}

test('check names all of it, with owner and age', async () => {
  const { events } = await kinitEvents(['check', '-i', cluster.inventory]);
  for (const host of HOSTS) {
    const found = new Map(leftoversOf(events, host).map((check) => [check.row, check]));
    const expected = LEFT_BEHIND.filter(({ on }) => on.includes(host));
    expect([...found.keys()].sort()).toEqual(expected.map(({ row }) => row).sort());
    for (const { row, found: words, onlyTold } of expected) {
      expect(found.get(row)?.found).toMatch(words);
      expect(found.get(row)).toMatchObject({ status: onlyTold === true ? 'warning' : 'error' });
    }
  }
});

test('the host that refuses stops, the other sets aside and goes on', async () => {
  say('leftovers: set-aside', 'node1');
  const { code, events, stderr } = await kinitEvents(['init', '-i', cluster.inventory]);
  const refused = all(events, 'check')
    .filter(({ host, check }) => host === 'node1' && check.status === 'error')
    .map(({ check }) => `${check.name}: ${check.found}`);
  expect({ code, stderr, refused }).toMatchObject({ code: 16, refused: [] });
  const failed = all(events, 'phase-failed').map(({ host, phase }) => ({ host, phase }));
  expect(failed).toEqual([{ host: 'node2', phase: 'preflight' }]);
  expect(only(events, 'run-finished').failedHosts).toEqual(['node2']);
  const { stdout } = await cluster.sh(
    'node2',
    'ls /var/lib/kinit 2>/dev/null; cat /var/lib/cni/networks/cbr0/10.244.0.9',
  );
  expect(stdout.trim()).toBe('dead');
  expect((await cluster.kubectl('get nodes -o name')).trim()).toBe('node/node1');
});

test('set aside, both work: pods have addresses of this cluster, nothing of the old one is there', async () => {
  say('leftovers: set-aside');
  const { code, events, stderr } = await kinitEvents(['init', '-i', cluster.inventory]);
  expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
    code: 0,
    stderr: '',
    failures: [],
  });
  const { items } = JSON.parse(await cluster.kubectl('get pods -A -o json')) as {
    items: { spec: { hostNetwork?: boolean }; status: { podIP?: string } }[];
  };
  const addresses = items.filter(({ spec }) => spec.hostNetwork !== true).map(({ status }) => status.podIP ?? 'none');
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.filter((each) => !each.startsWith('10.244.'))).toEqual([]);
  expect((await cluster.kubectl('get configmaps -A -o name')).includes('old')).toBe(false);
  const { stdout } = await cluster.sh(
    'node2',
    'ls /etc/kubernetes/manifests /etc/cni/net.d; systemctl show -p ExecStart kubelet containerd',
  );
  expect(stdout).not.toMatch(/kube-vip|10-containerd|old\.toml/);
  expect((await cluster.sh('node2', 'tr "\\0" " " < /proc/$(pidof kubelet)/cmdline')).stdout).not.toContain(
    '10.0.2.15',
  );
});

test('at the next boot the kernel parameters are still those of the cluster', async () => {
  const { stdout } = await cluster.sh(
    'node2',
    'systemctl restart systemd-sysctl; cat /proc/sys/net/ipv4/ip_forward; ls /etc/sysctl.d | LC_ALL=C sort | tail -1',
  );
  expect(stdout.trim().split('\n')).toEqual(['1', 'zzz-kinit.conf']);
});

test('a second init finds nothing to do', async () => {
  const { events } = await kinitEvents(['init', '-i', cluster.inventory]);
  expect(only(events, 'run-finished').changes).toBe(0);
});

test('reset gives all of it back as it was, mounts below a linked folder included', async () => {
  await cluster.sh('node1', 'rm -rf /root/.kube');
  await kinitOk(['reset', '-i', cluster.inventory, '--yes', '--remove-packages']);
  const found: Record<string, string> = {};
  for (const host of HOSTS)
    found[host] = differences(
      before.get(host) ?? new Map(),
      await record(cluster, host),
      // Those of the kernel as a whole are the machine's, on which other labs may run.
      (section, key) => section === 'sysctl' && !key.startsWith('net.'),
    );
  expect(found).toEqual({ node1: '', node2: '' });
});
