import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { docker } from '../../../src/runtime/docker/index.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost } from '../../resources/sh.js';

for (const shell of SHELLS) {
  test(`${shell}: what cri-dockerd made is ended, what people run is not, wherever the engine keeps it`, () => {
    withHost((host) => {
      mkdirSync(`${host.root}/proc/1`, { recursive: true });
      host.write('/proc/1/stat', '1 (init) S 0 1 1 0\n');
      host.write('/etc/docker/daemon.json', `{\n  "data-root": "${host.root}/data"\n}\n`);
      host.write(
        '/data/containers/aaa/config.v2.json',
        '{"Config":{"Labels":{"io.kubernetes.docker.type":"container"}}}',
      );
      host.write('/data/containers/bbb/config.v2.json', '{"Config":{"Labels":{}}}');
      const shim = (id: string): string => `/usr/local/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0${id}\0-x\0`;
      host.write('/proc/77/cmdline', shim('aaa'));
      host.write('/proc/78/cmdline', shim('bbb'));
      const script = host
        .inside(sh(docker.stopPods))
        .replaceAll('/proc/', `${host.root}/proc/`)
        .replaceAll('kill -9', ': kill')
        .replaceAll(/sleep 0\.\d+/g, ':');
      expect(run(shell, script)).toEqual({
        code: 1,
        stdout: 'containers still run: containerd-shim 77\n',
        stderr: '',
      });
    });
  });
}
