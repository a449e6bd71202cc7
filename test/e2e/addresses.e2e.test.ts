import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KinitEvent } from '../../src/model/event.js';
import { EVERYTHING } from './support/everything.js';
import { all, eventually, kinitEvents, kinitOk, lab, only, type LabHandle } from './support/kinit.js';
import { RUNTIMES } from '../../src/runtime/index.js';
import { preparedHosts } from './support/prepared.js';
import { startKinit } from './support/running.js';

/**
 * Hosts whose addresses, names and ways are not what an inventory says, on one lab: first everything that must be told before
 * a host is changed, then a cluster on what is left of it.
 */
let cluster: LabHandle;
let folder: string;
let addresses: readonly string[];

beforeAll(async () => {
  cluster = await lab('addresses', { hosts: 2, snapshot: await preparedHosts() });
  folder = dirname(cluster.inventory);
  addresses = (parse(readFileSync(cluster.inventory, 'utf8')) as { hosts: { address: string }[] }).hosts.map(
    ({ address }) => address,
  );
  // The inventory gives names, which only this machine's ssh knows: as in a lab of virtual machines.
  writeFileSync(
    join(folder, 'ssh_config'),
    ['one.test', 'two.test', '203.0.113.10']
      .map((name, index) => `Host ${name}\n  HostName ${addresses[Math.min(index, 1)] ?? ''}\n`)
      .join(''),
  );
});

afterAll(async () => {
  await cluster.down();
});

interface Wanted {
  readonly first?: string;
  readonly second?: string;
  readonly more?: string;
}

/** The lab's inventory with other addresses and some lines more. */
function inventory(name: string, { first = 'one.test', second = 'two.test', more = '' }: Wanted = {}): string {
  const file = join(folder, `${name}.yaml`);
  const text = readFileSync(cluster.inventory, 'utf8')
    .replace(`address: ${addresses[0] ?? ''}`, `address: ${first}`)
    .replace(`address: ${addresses[1] ?? ''}`, `address: ${second}`)
    .replace(/^ssh:$/m, 'ssh:\n  configFile: ssh_config');
  writeFileSync(file, `${text}\n${more}\n`);
  return file;
}

/** 'node1 address: what was found' for every check that is not content. */
function complaints(events: readonly KinitEvent[], status: 'error' | 'warning' = 'error'): string[] {
  return all(events, 'check')
    .filter(({ check }) => check.status === status)
    .map(({ host, check }) => `${host} ${check.name}: ${check.found}`);
}

/** Has node1's sshd read one line more, or none, and waits until it takes logins again. */
async function sshd(line: string): Promise<void> {
  await cluster.sh('node1', `printf '%s\\n' '${line}' > /etc/ssh/sshd_config.d/x.conf && systemctl reload ssh`);
  await eventually('sshd to be back', 30, () => cluster.sh('node1', 'true'));
}

describe('before a host is changed', () => {
  test('one check names all of it: floating and doubled addresses, an overlapping network, an unknown endpoint, no forwarding', async () => {
    const [one = '', two = ''] = addresses;
    await cluster.sh('node1', `ip addr add 10.100.0.7/24 dev host0; echo '${one} api.lab.test' >> /etc/hosts`);
    await sshd('AllowTcpForwarding no');
    await cluster.sh('node2', `ip addr add ${one}/32 dev lo`);
    const file = inventory('all-at-once', {
      second: '203.0.113.10',
      more: 'apiServer: { endpoint: "api.lab.test:6443" }',
    });
    const { code, events } = await kinitEvents(['check', '-i', file, '--accept-new-host-keys']);
    expect(code).toBe(13);
    const found = complaints(events);
    expect(found).toEqual(
      expect.arrayContaining([
        `node1 address: ${one}, which node2 has too; it also has 10.100.0.7 (host0)`,
        'node1 service-range: 10.96.0.0/12 holds 10.100.0.7/24 (host0)',
        expect.stringMatching(/^node1 ssh-forwarding: sshd on node1 forbids TCP forwarding/),
        `node2 address: 203.0.113.10 (address in the inventory), which no interface of it has; it has ${one} (lo), ${two} (host0)`,
        'node2 endpoint: api.lab.test (apiServer.endpoint) does not resolve on this host',
      ]),
    );
    const hints = all(events, 'check').map(({ check }) => check.hint ?? '');
    expect(hints.find((hint) => hint.includes('AllowTcpForwarding'))).toContain('systemctl reload ssh');
    expect(hints.find((hint) => hint.startsWith('Set internalAddress: of node2'))).toBeDefined();
    // And init refuses just so, before it changes anything.
    const init = await kinitEvents(['init', '-i', file]);
    expect({ code: init.code, changes: all(init.events, 'change-applied') }).toEqual({ code: 13, changes: [] });
  });

  test.each(['DisableForwarding yes', 'PermitOpen 192.0.2.1:22'])('%s is met by a check as well', async (line) => {
    await sshd(line);
    const { code, events } = await kinitEvents(['check', '-i', inventory('forwarding')]);
    expect(code).toBe(13);
    expect(complaints(events)).toContainEqual(
      expect.stringMatching(/^node1 ssh-forwarding: sshd on node1 forbids TCP forwarding/),
    );
    await sshd('');
  });

  test('another machine at an address is no way to the host meant', async () => {
    const [one = '', two = ''] = addresses;
    await cluster.sh('node1', 'ip addr del 10.100.0.7/24 dev host0');
    // On the way from node2 the address of node1 is somebody else's: here node2's own.
    await cluster.sh(
      'node2',
      `ip addr del ${one}/32 dev lo
       nft add table ip astray
       nft add chain ip astray out '{ type nat hook output priority -100; }'
       nft add rule ip astray out ip daddr ${one} tcp dport 6443 dnat to ${two}:10250`,
    );
    const { events } = await kinitEvents(['check', '-i', inventory('astray')]);
    expect(complaints(events)).toEqual([`node2 reach-6443: node1 (${one}): node2 answers there`]);
    await cluster.sh('node2', 'nft delete table ip astray');
  });

  test('listeners of a check end with a kinit that is killed', async () => {
    // Datagrams are held up, so that the check waits for them.
    await cluster.sh(
      'node1',
      'nft add table inet x; nft add chain inet x i "{ type filter hook input priority 0; }"; nft add rule inet x i udp dport 8472 drop',
    );
    const run = startKinit(['check', '-i', inventory('killed')]);
    const listeners = async (host: string): Promise<string> =>
      (await cluster.sh(host, "ss -lntup | grep -E ':(6443|10250|8472) ' || :")).stdout;
    await eventually('listeners', 60, async () => ((await listeners('node1')).includes(':6443 ') ? true : undefined));
    run.signal('SIGKILL');
    await eventually('their end', 20, async () =>
      `${await listeners('node1')}${await listeners('node2')}` === '' ? true : undefined,
    );
    expect((await cluster.sh('node1', 'ls /run/systemd/system /run | grep kinit-probe || :')).stdout).toBe('');
    await cluster.sh('node1', 'nft delete table inet x');
  });
});

const RUNTIME_UNITS = RUNTIMES[0].units;
/** Nobody answers there. */
const PROXY = 'http://192.0.2.9:3128';

describe('a cluster of hosts that share an address behind NAT, with a proxy for all services', () => {
  test('a check says which proxies there are', async () => {
    await cluster.sh(
      'node1',
      `mkdir -p /etc/systemd/system.conf.d
       printf '[Manager]\\nDefaultEnvironment="HTTPS_PROXY=${PROXY}" "no_proxy=a.test"\\n' > /etc/systemd/system.conf.d/p.conf
       systemctl daemon-reexec`,
    );
    await cluster.sh('node2', `systemctl set-environment https_proxy=http://me:geheim@192.0.2.9:3128`);
    const { events } = await kinitEvents(['check', '-i', inventory('names')]);
    expect(complaints(events, 'warning')).toEqual(
      expect.arrayContaining([
        `node1 proxy: HTTPS_PROXY=${PROXY} for services (/etc/systemd/system.conf.d/p.conf)`,
        `node2 proxy: https_proxy=${PROXY} for services (systemctl show-environment)`,
      ]),
    );
    expect(JSON.stringify(events)).not.toContain('geheim');
  });

  test('the nodes get the addresses that SSH came to, and it works', async () => {
    for (const host of ['node1', 'node2'])
      await cluster.sh(
        host,
        `ip addr add 10.0.2.15/24 dev host0
         ip route change default via "$(ip route | awk '/^default/{print $3}')" dev host0 src 10.0.2.15`,
      );
    const { code, events, stderr } = await kinitEvents(['init', '-i', inventory('names')]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(complaints(events)).toEqual([]);
    const internal = await cluster.kubectl(
      'get nodes -o jsonpath=\'{range .items[*]}{.metadata.name}={.status.addresses[?(@.type=="InternalIP")].address} {end}\'',
    );
    expect(internal.trim()).toBe(`node1=${addresses[0] ?? ''} node2=${addresses[1] ?? ''}`);
  });

  test.each(['node1', 'node2'])('what runs on %s goes past the proxy to all that is the cluster', async (host) => {
    const { stdout } = await cluster.sh(
      host,
      `for unit in kubelet ${RUNTIME_UNITS.join(' ')}; do
         tr '\\0' '\\n' < /proc/$(systemctl show -p MainPID --value $unit)/environ | grep -i _proxy= | sort
       done`,
    );
    const variables = stdout.trim().split('\n');
    expect(variables.filter((line) => line.includes(PROXY.slice(-14)))).not.toEqual([]);
    const exceptions = variables.filter((line) => /^no_proxy=/i.test(line));
    expect(exceptions).toHaveLength(2 * (1 + RUNTIME_UNITS.length));
    for (const line of exceptions)
      expect(line.split(/[=,]/)).toEqual(
        expect.arrayContaining(['10.96.0.0/12', '10.244.0.0/16', '.svc', 'node2', ...addresses]),
      );
    if (host === 'node1') for (const line of exceptions) expect(line).toContain('=a.test,');
  });

  test('a second init changes nothing', async () => {
    const { code, events } = await kinitEvents(['init', '-i', inventory('names')]);
    expect({ code, changes: all(events, 'change-applied') }).toEqual({ code: 0, changes: [] });
  });

  test('a check of the running cluster puts nothing up on its nodes, also where a port of theirs is free for a moment', async () => {
    await cluster.sh('node2', 'systemctl stop kubelet');
    const begun = (await cluster.sh('node1', 'date +%s')).stdout.trim();
    const { events } = await kinitEvents(['check', '-i', inventory('names')]);
    expect(complaints(events)).toEqual([]);
    for (const host of ['node1', 'node2'])
      expect(
        (await cluster.sh(host, `journalctl -q --no-pager -o cat --since @${begun} | grep kinit-probe || :`)).stdout,
      ).toBe('');
    await cluster.sh('node2', 'systemctl start kubelet');
  });
});

describe('a host that somebody renamed', () => {
  const nodes = async (): Promise<string> =>
    (
      await cluster.kubectl(
        'get nodes -o jsonpath=\'{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {end}\'',
      )
    ).trim();

  const renamed = [
    ['a worker whose kubelet was started under another name', 'node2', 'hostnamectl set-hostname other', ''],
    [
      'a worker whose name was put back by hand',
      'node2',
      'hostnamectl set-hostname other',
      'hostnamectl set-hostname node2',
    ],
    ['the control plane, in the kernel only', 'node1', 'echo other > /proc/sys/kernel/hostname', ''],
  ] as const;

  test.each(EVERYTHING ? renamed : renamed.slice(0, 1))(
    '%s: init makes it its node again',
    async (_what, host, rename, back) => {
      await cluster.sh(host, `${rename}; systemctl restart kubelet; ${back}`);
      const file = inventory('names');
      if (back === '') {
        const { events } = await kinitEvents(['check', '-i', file]);
        expect(complaints(events, 'warning')).toContainEqual(`${host} hostname: other, though it is the node ${host}`);
      }
      const plan = all((await kinitEvents(['plan', '-i', file])).events, 'change-planned');
      const { code, events } = await kinitEvents(['init', '-i', file]);
      const applied = all(events, 'change-applied').map(({ change }) => change.summary);
      expect({ code, applied }).toEqual({ code: 0, applied: plan.map(({ change }) => change.summary) });
      expect(applied).toContain('restart kubelet');
      expect((await cluster.sh(host, 'hostname; cat /etc/hostname')).stdout).toBe(`${host}\n${host}\n`);
      await eventually('both nodes to be ready', 60, async () =>
        (await nodes()) === 'node1 True node2 True' ? true : undefined,
      );
      // Not only ready by what it said before: it renews its lease.
      const renewed = async (): Promise<string> =>
        cluster.kubectl(`-n kube-node-lease get lease ${host} -o jsonpath={.spec.renewTime}`);
      const before = await renewed();
      await eventually('a new sign of life', 30, async () => ((await renewed()) === before ? undefined : true));
      expect(only((await kinitEvents(['init', '-i', file])).events, 'run-finished').changes).toBe(0);
    },
  );
});

test('a reset leaves no exception behind', async () => {
  await kinitOk(['reset', '-i', inventory('names'), '--yes']);
  for (const host of ['node1', 'node2'])
    expect((await cluster.sh(host, 'find /etc/systemd -name "*kinit*"')).stdout).toBe('');
});
