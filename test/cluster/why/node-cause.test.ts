import { utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { firstFatal, nodeCause, serviceCause } from '../../../src/cluster/why/node-cause.js';
import type { HostConnection } from '../../../src/model/host.js';
import { type FakeHost, must, SHELLS, withHostAsync } from '../../resources/sh.js';
import { fakeHost } from '../fakes.js';

const stamp = '2026-05-01T10:00:00.000000000Z stderr F';
const host = (stdout: string, scripts: string[] = []): HostConnection =>
  fakeHost({
    run: async (script) => {
      scripts.push(script);
      return { code: 0, stdout, stderr: '' };
    },
  });
const cause = (...parts: string[]): ReturnType<typeof nodeCause> =>
  nodeCause(host(parts.join('\n')), { clockOffsetMs: 0 }, new Date('2026-05-01T09:59:00Z'));
const up = 'ActiveState=active\nSubState=running\nNRestarts=0\n=== kinit journal';

test('the last words of klog, cobra, Go and etcd', () => {
  expect(
    firstFatal(
      `${stamp} I0501 10:00:00.1 1 a.go:1] fine\n${stamp} F0501 10:00:00.200000       1 instance.go:226] Error creating leases: context deadline exceeded`,
    ),
  ).toBe('Error creating leases: context deadline exceeded');
  expect(firstFatal(`${stamp} Error: unknown flag: --no-such-flag`)).toBe('Error: unknown flag: --no-such-flag');
  expect(
    firstFatal(
      `${stamp} E0501 10:00:00.200000       1 run.go:72] "command failed" err="failed to initialize admission"`,
    ),
  ).toBe('"command failed" err="failed to initialize admission"');
  expect(firstFatal(`${stamp} flag provided but not defined: -typo\n${stamp} Usage:`)).toBe(
    'flag provided but not defined: -typo',
  );
  expect(
    firstFatal(
      `${stamp} {"level":"info","msg":"x"}\n${stamp} {"level":"fatal","ts":"2026","msg":"discovery failed","error":"member unknown"}`,
    ),
  ).toBe('discovery failed: member unknown');
  expect(firstFatal(`${stamp} E0501 10:00:00.1 1 a.go:1] "Not the end"`)).toBeUndefined();
});

test('whose failure makes the others fail goes first', async () => {
  const found = await cause(
    up,
    '=== kinit kube-apiserver',
    `${stamp} F0501 10:00:00.2 1 a.go:1] no etcd`,
    '=== kinit etcd',
    `${stamp} {"level":"fatal","msg":"no disk"}`,
  );
  expect(found).toEqual({ line: 'container etcd: no disk', hopeless: false, certain: true });
});

test('a service is none of the containers, and its last words count likewise', async () => {
  expect(
    await cause(up, '=== kinit server service', 'I0501 fine', 'Error: scheduler ended: unknown flag: --x'),
  ).toEqual({
    line: 'server: Error: scheduler ended: unknown flag: --x',
    hopeless: true,
    certain: true,
  });
});

test('of one service alone neither the kubelet nor a container counts', async () => {
  const down =
    'ActiveState=activating\nNRestarts=7\nrestarts=7\n=== kinit journal\nE0501 1 run.go:72] "command failed" err="bad"';
  const container = `=== kinit server\n${stamp} Error: unknown flag: --of-a-container`;
  const asked = (...parts: string[]): ReturnType<typeof serviceCause> =>
    serviceCause(host(parts.join('\n')), { clockOffsetMs: 0 }, new Date('2026-05-01T09:59:00Z'), 'server');
  expect(await asked(down, container)).toBeUndefined();
  expect(await asked(down, container, '=== kinit server service', 'Error: api ended: unknown flag: --x')).toEqual({
    line: 'server: Error: api ended: unknown flag: --x',
    hopeless: true,
    certain: true,
  });
});

test('a flag that does not exist is not cured by waiting', async () => {
  expect(await cause(up, '=== kinit kube-apiserver', `${stamp} Error: unknown flag: --x`)).toEqual({
    line: 'container kube-apiserver: Error: unknown flag: --x',
    hopeless: true,
    certain: true,
  });
});

test('neither is a file of its configuration that cannot be read', async () => {
  const said = `E1126 10:00:00.2 1 run.go:72] "command failed" err="failed to apply admission: failed to read plugin config: unable to read admission control configuration from \\"/nowhere.yaml\\""`;
  expect((await cause(up, '=== kinit kube-apiserver', `${stamp} ${said}`))?.hopeless).toBe(true);
});

test('a kubelet that is down goes before its containers; one that ends again and again is hopeless', async () => {
  const down = (restarts: number): string =>
    `ActiveState=activating\nSubState=auto-restart\nNRestarts=7\nrestarts=${restarts}\n=== kinit journal\nE0501 10:00:00.2 1 run.go:72] "command failed" err="bad"`;
  const container = `=== kinit etcd\n${stamp} {"level":"fatal","msg":"no disk"}`;
  expect(await cause(down(1), container)).toEqual({
    line: 'kubelet (started again 1 times): "command failed" err="bad"',
    hopeless: false,
    certain: true,
  });
  expect((await cause(down(2), container))?.hopeless).toBe(true);
});

test('what an earlier start ended with is not the cause', () => {
  expect(firstFatal(`${stamp} Error: unknown flag: --x`, Date.parse('2026-05-01T10:00:01Z'))).toBeUndefined();
});

test('what is dated after now, by a clock that was wrong since, is not the cause', () => {
  const line = `2037-05-01T10:00:00Z stderr F Error: unknown flag: --x`;
  expect(firstFatal(line, 0, Date.parse('2026-05-01T10:00:00Z'))).toBeUndefined();
});

test('what ended before the run began, or before its configuration was written, is over; a look at what is there counts from the latter', async () => {
  const log = `${stamp} Error: unknown flag: --x`;
  const written = (time: string): string => `=== kinit kube-apiserver ${Date.parse(time) / 1000}.5`;
  const asked = (begun: Date, part: string): ReturnType<typeof nodeCause> =>
    nodeCause(host([up, part, log].join('\n')), { clockOffsetMs: 0 }, begun);
  const late = new Date('2026-05-01T10:30:00Z');
  expect(await asked(late, written('2026-05-01T09:00:00Z'))).toBeUndefined();
  expect((await asked(new Date(0), written('2026-05-01T09:00:00Z')))?.hopeless).toBe(true);
  expect(await asked(new Date(0), written('2026-05-01T10:10:00Z'))).toBeUndefined();
});

test('restarts of an earlier run make no kubelet hopeless that comes up now', async () => {
  const journal = '=== kinit journal\nE0501 10:00:00.2 1 kubelet.go:1] "Something"';
  const again = (state: string): string => `ActiveState=${state}\nSubState=x\nNRestarts=4\nrestarts=0\n${journal}`;
  expect(await cause(again('active'))).toEqual({ line: 'kubelet: "Something"', hopeless: false, certain: false });
  expect((await cause(again('activating')))?.hopeless).toBe(false);
});

test('what init has not done yet is no cause', async () => {
  const line = (text: string): string => `E0501 10:00:00.2 1 pod_workers.go:1] ${text}`;
  expect(
    await cause(
      up,
      line(
        '"Error syncing pod, skipping" err="network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized" pod="kube-system/x"',
      ),
      line('"Container runtime network not ready" networkReady="NetworkReady=false"'),
    ),
  ).toBeUndefined();
});

test('only the containers that are waited for count; one that could not be started is explained by the kubelet', async () => {
  const found = (only: string[], ...parts: string[]): ReturnType<typeof nodeCause> =>
    nodeCause(host(parts.join('\n')), { clockOffsetMs: 0 }, new Date('2026-05-01T09:59:00Z'), only);
  const dns = ['=== kinit coredns', `${stamp} Error: no API`];
  expect(await found(['kube-scheduler'], up, ...dns)).toBeUndefined();
  const syncing = (why: string): string =>
    `E0501 10:00:00.2 1 pod_workers.go:1] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"kube-scheduler\\" with ${why}" pod="kube-system/kube-scheduler-node1" podUID="1"`;
  expect(
    await found(
      ['kube-scheduler'],
      up,
      syncing('ErrImagePull: \\"no such host\\"'),
      syncing('CrashLoopBackOff: \\"back-off 10s\\"'),
    ),
  ).toEqual({
    line: 'container kube-scheduler: failed to "StartContainer" for "kube-scheduler" with ErrImagePull: "no such host"',
    hopeless: false,
    certain: true,
  });
});

test("healthy logs give no cause, and only what was logged since is asked for, by the host's clock", async () => {
  expect(await cause(up, 'I0501 10:00:00.1 1 a.go:1] fine')).toBeUndefined();
  const scripts: string[] = [];
  await nodeCause(host('', scripts), { clockOffsetMs: 60_000 }, new Date(1_700_000_000_000));
  expect(scripts.join()).toMatch(/^set -- 1700000060\n/m);
});

describe.each(SHELLS)('%s', (shell) => {
  const ask = (host: FakeHost, since: string, only?: readonly string[]): ReturnType<typeof nodeCause> =>
    nodeCause(
      fakeHost({
        run: async (script) => ({
          code: 0,
          stdout: must(shell, host.inside(script)),
          stderr: '',
        }),
      }),
      { clockOffsetMs: 0 },
      new Date(since),
      only,
    );

  test('a systemd that does not count: its journal tells how often the kubelet was started again', async () => {
    await withHostAsync(async (host) => {
      host.command('systemctl', 'echo ActiveState=activating; echo SubState=auto-restart');
      host.command(
        'journalctl',
        'for i in 1 2; do echo "E0501 10:00:00.2 1 run.go:72] \\"command failed\\" err=\\"bad\\""; echo "kubelet.service holdoff time over, scheduling restart."; done',
      );
      expect(await ask(host, '2026-05-01T10:00:00Z')).toEqual({
        line: 'kubelet (started again 2 times): "command failed" err="bad"',
        hopeless: true,
        certain: true,
      });
      expect(host.calls().join('\n')).toContain('--since @1777629600');
      // What is dated later was written while the clock was wrong, and stays there.
      expect(host.calls().join('\n')).toMatch(/--since @1777629600 --until @1[789]\d{8}/);
    });
  });

  test('the journal of a component that is a service is read, of one that is none it is not', async () => {
    await withHostAsync(async (host) => {
      host.command('systemctl', 'echo ActiveState=active; echo NRestarts=0');
      host.command('journalctl', '[ "$2" != server ] || echo "Error: scheduler ended: unknown flag: --x"');
      host.write('/etc/systemd/system/server.service', '');
      expect(await ask(host, '2026-05-01T10:00:00Z', ['server', 'pod'])).toMatchObject({
        line: 'server: Error: scheduler ended: unknown flag: --x',
      });
      expect(host.calls().join('\n')).not.toContain('-u pod');
    });
  });

  test('a service is asked from when it was written; what it said before is of another start', async () => {
    await withHostAsync(async (host) => {
      host.command('systemctl', 'echo ActiveState=active; echo NRestarts=0');
      host.command('journalctl');
      const written = Math.floor(Date.now() / 1000) - 60;
      for (const file of ['/etc/systemd/system/server.service', '/etc/kubernetes/server.yaml']) {
        host.write(file, '');
        utimesSync(`${host.root}${file}`, written, written);
      }
      await ask(host, '2026-05-01T10:00:00Z', ['server']);
      expect(host.calls().at(-1)).toContain(`-u server --no-pager -q -o cat -n 200 --since @${String(written + 1)}`);
      // By a clock that was wrong.
      utimesSync(`${host.root}/etc/kubernetes/server.yaml`, written + 9000, written + 9000);
      await ask(host, '2026-05-01T10:00:00Z', ['server']);
      expect(host.calls().at(-1)).toContain('--since @1777629600');
    });
  });

  test('the newest pod of a name is read, and one of an older manifest is not', async () => {
    await withHostAsync(async (host) => {
      host.command('systemctl', 'echo ActiveState=active; echo NRestarts=0');
      host.command('journalctl');
      const log = (pod: string, name: string, text: string): void =>
        host.write(`/var/log/pods/kube-system_${pod}/${name}/0.log`, `${new Date().toISOString()} stderr F ${text}\n`);
      const age = (path: string, minutes: number): void => {
        const time = Date.now() / 1000 - minutes * 60;
        utimesSync(`${host.root}${path}`, time, time);
      };
      log('etcd-a_1', 'etcd', 'Error: of the pod before');
      log('etcd-a_2', 'etcd', 'Error: unknown flag: --x');
      log('kube-apiserver-a_1', 'kube-apiserver', 'Error: of the manifest before');
      host.write('/etc/kubernetes/manifests/kube-apiserver.yaml', '');
      age('/var/log/pods/kube-system_etcd-a_1/etcd', 5);
      age('/var/log/pods/kube-system_kube-apiserver-a_1', 5);
      expect(await ask(host, '2026-05-01T10:00:00Z')).toEqual({
        line: 'container etcd: Error: unknown flag: --x',
        hopeless: true,
        certain: true,
      });
    });
  });
});
