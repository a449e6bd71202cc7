import { expect, test } from 'vitest';
import { docker } from '../../../src/runtime/docker/index.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost } from '../../resources/sh.js';

const SAID = `case "$*" in
  *" images "*) printf '%s\\n' 'registry.k8s.io/pause:3.10 sha256:222' 'nginx:1.27 sha256:333' 'grafana/loki:3 sha256:444' \\
    'localhost/x:1 sha256:555' 'reg:5000/y:2 sha256:666' '<none>:<none> sha256:777' ;;
esac`;
const LINES = `registry.k8s.io/pause:3.10 sha256:222 pinned
docker.io/library/nginx:1.27 sha256:333 pinned
docker.io/grafana/loki:3 sha256:444 pinned
localhost/x:1 sha256:555 pinned
reg:5000/y:2 sha256:666 pinned
`;

for (const shell of SHELLS) {
  test(`${shell}: images are listed by their references in full, with their ids; nothing where no engine is`, () => {
    withHost((host) => {
      host.command('docker', SAID);
      expect(run(shell, host.inside(sh(docker.images.list)))).toEqual({ code: 0, stdout: '', stderr: '' });
      const script = host.inside(sh(docker.images.list)).replace('[ -S', '[ -n');
      expect(run(shell, script)).toEqual({ code: 0, stdout: LINES, stderr: '' });
    });
  });

  test(`${shell}: an engine that runs and gives no answer is an error, one that does not run has no images`, () => {
    withHost((host) => {
      host.command('docker', 'exit 1');
      host.command('systemctl', 'echo ActiveState=active');
      const script = host.inside(sh(docker.images.list)).replace('[ -S', '[ -n');
      expect(run(shell, script)).toMatchObject({ code: 1, stderr: expect.stringContaining('journalctl -u docker') });
      host.command('systemctl', 'echo ActiveState=inactive');
      expect(run(shell, script)).toEqual({ code: 0, stdout: '', stderr: '' });
    });
  });

  test(`${shell}: references that images lack are given by id, and what is not there is an error`, () => {
    withHost((host) => {
      host.command('docker', `${SAID}\ncase "$*" in *" tag "*) echo "$4 $5" >> ${host.root}/tagged ;; esac`);
      const named = (...args: string[]): ReturnType<typeof run> =>
        run(shell, host.inside(sh(docker.images.name, { args })));
      expect(named('sha256:222 pinned registry.k8s.io/pause:3.10', '- - docker.io/library/nginx:1.27')).toMatchObject({
        code: 0,
      });
      expect(host.calls().filter((call) => call.includes(' tag '))).toEqual([]);
      // The engine here forgets what it is told, so the reference is missing afterwards.
      expect(named('- - docker.io/library/nginx:1.27 example.org/nginx:1')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('the image example.org/nginx:1 is not there after loading'),
      });
      expect(host.calls().filter((call) => call.includes(' tag '))).toEqual([
        `docker -H unix://${host.root}/run/docker.sock tag sha256:333 example.org/nginx:1`,
      ]);
    });
  });

  test(`${shell}: archives are loaded one by one, each with exactly its bytes`, () => {
    withHost((host) => {
      host.command('docker', `head -c 2 >> ${host.root}/got; echo >> ${host.root}/got`);
      const script = host.inside(sh(docker.images.load, { args: ['5', '3'] }));
      expect(run(shell, `printf abcdeXYZ | (\n${script}\n)`)).toMatchObject({ code: 0 });
      expect(host.read('/got')).toBe('ab\nXY\n');
    });
  });

  test(`${shell}: at reset only the images that came since go`, () => {
    withHost((host) => {
      host.command('docker', SAID);
      const opened = (script: string): string => host.inside(script).replaceAll('[ -S', '[ -n');
      expect(run(shell, opened(sh(docker.images.save)), { D: host.saved })).toMatchObject({ code: 0 });
      host.command('docker', SAID.replace('nginx:1.27', "nginx:1.27 sha256:333' 'new:1"));
      expect(run(shell, opened(sh(docker.images.restore)), { D: host.saved })).toMatchObject({ code: 0 });
      expect(host.calls().filter((call) => call.includes(' rmi '))).toEqual([
        `docker -H unix://${host.root}/run/docker.sock rmi -- docker.io/library/new:1`,
      ]);
    });
  });
}
