import { describe, expect, test } from 'vitest';
import { testCluster } from './support/cluster.js';
import { all, eventually, kinit, kinitEvents, kinitOk, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';
import { SHAPES } from './support/shapes.js';

describe.each(SHAPES)('$title', (wanted) => {
  testCluster(wanted, 'cluster', {
    running: (cluster) => {
      if (wanted.inventory['kubectl'] === 'all') kubectlEverywhere(cluster);
      looksThroughSockets(cluster);
      rollsOut(cluster);
    },
    serving: balancerDown,
  });
});

function kubectlEverywhere(running: () => LabHandle): void {
  test('kubectl works for root on a worker, with a certificate of its own that only root reads', async () => {
    const read = (host: string): ReturnType<LabHandle['sh']> =>
      running().sh(
        host,
        'stat -c %a:%U /root/.kube/config; unset KUBECONFIG; KUBECACHEDIR=/tmp/kubectl kubectl get nodes -o name; KUBECACHEDIR=/tmp/kubectl kubectl auth can-i delete nodes; sha256sum /root/.kube/config',
      );
    const said = await Promise.all(
      ['node1', 'node2'].map(async (host) => (await read(host)).stdout.trim().split('\n')),
    );
    for (const lines of said)
      expect(lines.slice(0, -1)).toEqual(['600:root', 'node/node1', 'node/node2', 'node/node3', 'yes']);
    expect(said[0]?.at(-1)).not.toBe(said[1]?.at(-1));
  });
}

function looksThroughSockets(running: () => LabHandle): void {
  test('what only looks asks through a socket that nobody else on the host can open, and leaves nothing', async () => {
    const watched = running().sh(
      'node1',
      // The folder is opened last: from then on somebody else had a way to the socket.
      `for n in $(seq 1500); do for s in /run/kinit-api-*/api; do
if [ "$(stat -c %a "\${s%/api}" 2>&1)" = 711 ]; then test -w "$s" && echo root; runuser -u nobody -- test -w "$s" && echo nobody; exit 0; fi
done; sleep 0.02; done`,
    );
    // The watch may begin later than a command that looks.
    const seen = eventually('somebody opens the socket', 60, async () => {
      await kinitOk(['plan', '-i', running().inventory]);
      return (await Promise.race([watched, Promise.resolve(undefined)]))?.stdout;
    });
    expect(await seen).toBe('root\n');
    await eventually('nothing is left of it', 20, async () => {
      const { stdout } = await running().sh('node1', 'ls -d /run/kinit-api-*; pgrep -f "kubectl.* [p]roxy"; true');
      return stdout === '' ? true : undefined;
    });
  });

  test('where sshd forbids that: exit code 12 and the line to change; the doctor tells it from an API that is down', async () => {
    const sshd = (text: string): Promise<unknown> =>
      running().sh('node1', `${text}; systemctl reload ssh; until sshd -t; do sleep 0.1; done`);
    await sshd('echo "AllowStreamLocalForwarding no" > /etc/ssh/sshd_config.d/hardened.conf');
    for (const [command, code] of [
      ['plan', 12],
      ['doctor', 3],
    ] as const) {
      const said = await kinit([command, '-i', running().inventory]);
      expect([command, said.code, `${said.stdout}${said.stderr}`]).toEqual([
        command,
        code,
        expect.stringContaining('"AllowStreamLocalForwarding local"'),
      ]);
    }
    await sshd('rm /etc/ssh/sshd_config.d/hardened.conf');
  });
}

function rollsOut(running: () => LabHandle): void {
  test('what starts runtimes and kubelets anew stops at the first node that does not bear it, and goes from one to the others', async () => {
    const proxied = await changedInventory(
      running(),
      'proxied',
      (text) => `${text}\nproxy: {http: 'http://192.0.2.9:3128'}\n`,
    );
    const others = ['node2', 'node3'];
    const starts = (): Promise<string[]> =>
      Promise.all(
        others.map(
          async (host) =>
            (await running().sh(host, 'systemctl show -p ActiveEnterTimestampMonotonic containerd')).stdout,
        ),
      );
    const before = await starts();
    const broken = '/etc/systemd/system/containerd.service.d/zzz-broken.conf';
    await running().sh(
      'node1',
      `mkdir -p ${broken.replace(/\/[^/]*$/, '')}; printf '[Service]\\nExecStartPre=/bin/false\\n' > ${broken}; systemctl daemon-reload`,
    );
    const failed = await kinitEvents(['init', '-i', proxied]);
    const ended = all(failed.events, 'host-finished').map(({ host, outcome }) => `${host} ${outcome}`);
    expect({ code: failed.code, ended: ended.sort() }).toEqual({
      code: 14,
      ended: ['node1 failed', 'node2 stopped', 'node3 stopped'],
    });
    expect(await starts()).toEqual(before);

    await running().sh('node1', `rm ${broken}; systemctl daemon-reload; systemctl reset-failed containerd`);
    const { code, events, stderr } = await kinitEvents(['init', '-i', proxied]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const seen = events.flatMap((event) =>
      (event.type === 'change-applied' || event.type === 'phase-finished') && event.phase === 'runtime'
        ? [`${event.host} ${event.type}`]
        : [],
    );
    const first = seen.findIndex((each) => others.some((host) => each === `${host} change-applied`));
    expect(first).toBeGreaterThan(seen.indexOf('node1 phase-finished'));
    expect(await starts()).not.toEqual(before);
    await kinitOk(['init', '-i', running().inventory]);
  });
}

function balancerDown(running: () => LabHandle): void {
  test('balancer-down: what the doctor advises brings a balancer back', async () => {
    await running().sh(
      'node2',
      'rm /etc/kubernetes/manifests/api-balancer.yaml; until ! ss -Htln | grep -q :6444; do sleep 0.2; done',
    );
    const said = await kinit(['doctor', '-i', running().inventory]);
    expect({ code: said.code, text: said.stdout }).toEqual({
      code: 3,
      text: expect.stringMatching(/at their own host, where [^]*balancer-down/) as string,
    });
    await kinitOk(['init', '-i', running().inventory]);
    expect((await running().sh('node2', 'ss -Htln | grep -c 127.0.0.1:6444')).stdout.trim()).toBe('1');
    expect((await kinit(['doctor', '-i', running().inventory])).stdout).not.toContain('balancer-down');
  });
}
