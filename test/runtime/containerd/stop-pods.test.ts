import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { containerd } from '../../../src/runtime/containerd/index.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost, type FakeHost } from '../../resources/sh.js';

/** Its processes are made up: those of this machine are not looked at. */
function scriptOn(host: FakeHost): string {
  mkdirSync(`${host.root}/proc/1`, { recursive: true });
  host.write('/proc/1/stat', '1 (init) S 0 1 1 0\n');
  host.write('/proc/1/cmdline', '/sbin/init\0');
  return host.inside(sh(containerd.stopPods)).replaceAll('/proc/', `${host.root}/proc/`);
}

for (const shell of SHELLS) {
  test(`${shell}: pods are removed through the CRI, containers killed first, tried twice; nothing is done where no runtime answers`, () => {
    withHost((host) => {
      host.command('crictl', 'case "$*" in *"ps -q") printf "a1\\nb2\\n";; *) exit 1;; esac');
      expect(run(shell, scriptOn(host))).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(host.calls()).toEqual([]);
      expect(run(shell, scriptOn(host).replace('[ -S', '[ -n'))).toEqual({ code: 0, stdout: '', stderr: '' });
      const crictl = `crictl -r unix://${host.root}/run/containerd/containerd.sock -t 30s`;
      const calls = [`${crictl} ps -q`, `${crictl} stop -t 0 a1 b2`, `${crictl} rmp -fa`];
      expect(host.calls()).toEqual([...calls, ...calls]);
    });
  });

  test(`${shell}: what comes up while others are ended is ended too`, () => {
    withHost((host) => {
      const shim = '/usr/local/bin/containerd-shim-runc-v2\\0-namespace\\0k8s.io\\0-id\\0x\\0';
      host.write('/proc/77/cmdline', '');
      const folder = `${host.root}/proc`;
      // Whoever is killed goes; behind the first comes another.
      const kill = [
        `kill() { for pid in "$@"; do case $pid in 77 | 79)`,
        `  rm -rf "${folder}/$pid"; [ "$pid" != 77 ] || { mkdir "${folder}/79"; printf '${shim}' > "${folder}/79/cmdline"; } ;;`,
        'esac; done; }',
        `printf '${shim}' > "${folder}/77/cmdline"`,
      ].join('\n');
      const script = scriptOn(host).replaceAll(/sleep 0\.\d+/g, ':');
      expect(run(shell, `${kill}\n${script}`)).toEqual({ code: 0, stdout: '', stderr: '' });
    });
  });

  test(`${shell}: a container that cannot be ended is an error that names its shim`, () => {
    withHost((host) => {
      const script = scriptOn(host).replaceAll('kill -9', ': kill');
      host.write('/proc/77/cmdline', '/usr/local/bin/containerd-shim-runc-v2\0-namespace\0k8s.io\0-id\0x\0');
      host.write('/proc/78/cmdline', '/usr/local/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0x\0');
      expect(run(shell, script.replaceAll(/sleep 0\.\d+/g, ':'))).toEqual({
        code: 1,
        stdout: 'containers still run: containerd-shim 77\n',
        stderr: '',
      });
    });
  });
}
