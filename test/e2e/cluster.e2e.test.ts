import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hardeningFaults } from './support/hardening.js';
import { all, eventually, kinit, kinitEvents, kinitOk, lab, only, type LabHandle } from './support/kinit.js';
import { TRACES } from './support/network.js';
import { shape, SHAPES } from './support/shapes.js';
import { startWeb } from './support/web.js';

describe.each(SHAPES)('$title', (wanted) => {
  let cluster: LabHandle;

  beforeAll(async () => {
    cluster = await lab('cluster', { hosts: 3 });
    shape(wanted, cluster.inventory);
  });

  afterAll(async () => {
    await cluster.down();
  });

  const init = (...more: string[]): ReturnType<typeof kinitEvents> =>
    kinitEvents(['init', '-i', cluster.inventory, ...more]);

  async function readyNodes(): Promise<string[]> {
    const lines = (await cluster.kubectl('get nodes --no-headers')).trim().split('\n');
    return lines
      .filter((line) => line.split(/\s+/)[1] === 'Ready')
      .map((line) => line.split(/\s+/)[0] ?? '')
      .sort();
  }

  test('init turns three bare hosts into a cluster, within ten exec channels a host', async () => {
    const { code, events, stderr } = await init();
    expect({ code, stderr: code === 0 ? '' : stderr, failures: all(events, 'phase-failed') }).toEqual({
      code: 0,
      stderr: '',
      failures: [],
    });
    expect(only(events, 'run-finished').changes).toBeGreaterThan(100);
    for (const host of all(events, 'host-finished')) expect(host.execChannels, host.host).toBeLessThanOrEqual(10);
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
    expect(await cluster.kubectl("get nodes -o jsonpath='{.items[*].status.nodeInfo.kubeletVersion}'")).toBe(
      'v1.36.3 v1.36.3 v1.36.3',
    );
  });

  test('init again changes nothing and says so, within three exec channels a host', async () => {
    const { code, events } = await init();
    expect(code).toBe(0);
    expect(all(events, 'change-applied')).toEqual([]);
    expect(only(events, 'run-finished').changes).toBe(0);
    for (const host of all(events, 'host-finished')) expect(host.execChannels, host.host).toBeLessThanOrEqual(3);
  });

  test('plan has nothing to say about a cluster that is as it should be', async () => {
    const { code, events } = await kinitEvents(['plan', '-i', cluster.inventory]);
    expect({ code, planned: all(events, 'change-planned') }).toEqual({ code: 0, planned: [] });
  });

  test('what only looks asks through a socket that nobody else on the host can open, and leaves nothing', async () => {
    const watched = cluster.sh(
      'node1',
      // The folder is opened last: from then on somebody else had a way to the socket.
      `for n in $(seq 1500); do for s in /run/kinit-api-*/api; do
if [ "$(stat -c %a "\${s%/api}" 2>&1)" = 711 ]; then test -w "$s" && echo root; runuser -u nobody -- test -w "$s" && echo nobody; exit 0; fi
done; sleep 0.02; done`,
    );
    // The watch may begin later than a command that looks.
    const seen = eventually('somebody opens the socket', 60, async () => {
      await kinitOk(['plan', '-i', cluster.inventory]);
      return (await Promise.race([watched, Promise.resolve(undefined)]))?.stdout;
    });
    expect(await seen).toBe('root\n');
    await eventually('nothing is left of it', 20, async () => {
      const { stdout } = await cluster.sh('node1', 'ls -d /run/kinit-api-*; pgrep -f "kubectl.* [p]roxy"; true');
      return stdout === '' ? true : undefined;
    });
  });

  test('where sshd forbids that: exit code 12 and the line to change; the doctor tells it from an API that is down', async () => {
    const sshd = (text: string): Promise<unknown> =>
      cluster.sh('node1', `${text}; systemctl reload ssh; until sshd -t; do sleep 0.1; done`);
    await sshd('echo "AllowStreamLocalForwarding no" > /etc/ssh/sshd_config.d/hardened.conf');
    for (const [command, code] of [
      ['plan', 12],
      ['doctor', 3],
    ] as const) {
      const said = await kinit([command, '-i', cluster.inventory]);
      expect([command, said.code, `${said.stdout}${said.stderr}`]).toEqual([
        command,
        code,
        expect.stringContaining('"AllowStreamLocalForwarding local"'),
      ]);
    }
    await sshd('rm /etc/ssh/sshd_config.d/hardened.conf');
  });

  test('files, owners and flags of running hosts are as the CIS benchmark wants them', async () => {
    const faults = await Promise.all([
      hardeningFaults(cluster, 'node1', 'control-plane'),
      hardeningFaults(cluster, 'node2', 'worker'),
    ]);
    expect(faults.flat()).toEqual([]);
  });

  test('a Service answers on every node, by its NodePort and by its DNS name from a pod', async () => {
    const port = await startWeb(cluster, 2);
    const addresses = (await cluster.kubectl("get nodes -o jsonpath='{.items[*].status.addresses[0].address}'")).split(
      ' ',
    );
    expect(addresses).toHaveLength(3);
    const fetched = addresses.map(
      (address) =>
        `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => "${address}:${port}", Timeout => 5) or die "no connection to ${address}"; print $s "GET / HTTP/1.0\\r\\n\\r\\n"; local $/; my $page = <$s>; $page =~ m{^HTTP/1.. 200} or die "no page from ${address}"; print "ok "'`,
    );
    const page = await eventually('the page through every node', 30, () => cluster.sh('node2', fetched.join(' && ')));
    expect(page.stdout.trim()).toBe('ok ok ok');
  });

  test('join adds a fourth host to the running cluster; the others learn its name', async () => {
    cluster = await lab('cluster', { hosts: 4 });
    const { code, events } = await kinitEvents(['join', '-i', cluster.inventory]);
    expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3', 'node4']);
    expect((await cluster.sh('node1', 'cat /etc/hosts')).stdout).toContain('node4');
    expect((await kinitOk(['token', 'list', '-i', cluster.inventory])).stdout).not.toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}/);
  });

  test('reset gives the fourth host back and takes its node out of the cluster', async () => {
    await kinitOk(['reset', 'node4', '--yes', '-i', cluster.inventory]);
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
    expect((await cluster.sh('node4', LEFTOVERS)).stdout).toBe('');
    const again = await kinitEvents(['reset', 'node4', '--yes', '-i', cluster.inventory]);
    expect({ code: again.code, changes: only(again.events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
  });

  test('the stock kubeadm joins a host that kinit prepared, with the printed command', async () => {
    const prepared = await kinitEvents(['join', 'node4', '--skip', 'join,node,ready', '-i', cluster.inventory]);
    expect({ code: prepared.code, failures: all(prepared.events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
    const printed = (
      await kinitOk(['token', 'create', '--ttl', '15m', '--print-join-command', '-i', cluster.inventory])
    ).stdout.trim();
    expect(printed).toMatch(
      /^kubeadm join \S+ --token [a-z0-9]{6}\.[a-z0-9]{16} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}$/,
    );
    // The lab's nested hosts lack what kubeadm's preflight wants of a kernel (no /lib/modules, cgroup v1); the join itself is stock.
    const joined = await cluster.sh(
      'node4',
      `${printed} --ignore-preflight-errors=SystemVerification,Swap,FileContent--proc-sys-net-bridge-bridge-nf-call-iptables`,
      { timeoutSeconds: 180 },
    );
    expect(joined.stdout).toContain('This node has joined the cluster');
    await eventually('node4 Ready', 90, async () => ((await readyNodes()).includes('node4') ? true : undefined));
  });

  test('the stock kubeadm reads every certificate', async () => {
    const { stdout } = await cluster.sh(
      'node1',
      'kubeadm certs check-expiration --kubeconfig /etc/kubernetes/admin.conf',
    );
    const names = [
      'admin.conf',
      'apiserver',
      'apiserver-etcd-client',
      'apiserver-kubelet-client',
      'controller-manager.conf',
      'etcd-healthcheck-client',
      'etcd-peer',
      'etcd-server',
      'front-proxy-client',
      'scheduler.conf',
      'super-admin.conf',
      'ca',
      'etcd-ca',
      'front-proxy-ca',
    ];
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name.replace('.', '\\.')}\\s+\\w{3} \\d`, 'm'));
    expect(stdout).not.toMatch(/MISSING|<invalid>/);
  });

  test('init takes a host that kubeadm joined as its own', async () => {
    const { code, events } = await init();
    expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3', 'node4']);
  });

  test('reset of all leaves no trace, and init on the same hosts works again', async () => {
    await kinitOk(['reset', '--yes', '-i', cluster.inventory]);
    for (const host of ['node1', 'node2', 'node3', 'node4'])
      expect((await cluster.sh(host, LEFTOVERS)).stdout, host).toBe('');
    const { code, events } = await init();
    expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
    expect(await readyNodes()).toEqual(['node1', 'node2', 'node3', 'node4']);
  });

  /** Prints whatever a cluster left on a host: files, units, mounts, links, rules, processes, users. */
  const LEFTOVERS = `
for path in /etc/kubernetes /etc/containerd /etc/cni /opt/cni /var/lib/kinit /var/lib/kubelet/config.yaml ${TRACES.paths.join(' ')} \\
  /etc/systemd/system/kubelet.service /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service.d /etc/crictl.yaml \\
  /usr/local/bin/kubelet /usr/local/bin/kube /usr/local/bin/containerd /usr/local/bin/runc /etc/sysctl.d/zzz-kinit.conf /etc/modules-load.d/kinit.conf /var/log/pods; do
  [ ! -e "$path" ] || echo "file $path"
done
find /var/lib/kubelet /var/lib/containerd /var/lib/etcd -mindepth 1 2>/dev/null | head -5
grep -E 'kubelet/|containerd/|/netns/cni' /proc/self/mounts | grep -vE ' /var/lib/(kubelet|containerd|etcd) ' | head -5
for link in ${TRACES.links.join(' ')}; do [ ! -e /sys/class/net/$link ] || echo "link $link"; done
if command -v nft >/dev/null; then nft list ruleset | grep -iE '${TRACES.chains.join('|')}' | head -5; fi
ps -eo comm= | grep -E '^(kubelet|kube-|etcd|containerd|flanneld|coredns)' | head -5
grep kinit /etc/hosts
getent passwd etcd
true`;
});
