import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { crio } from '../../../src/runtime/crio/index.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost } from '../../resources/sh.js';

const SAID = `printf '%s\\n' 'ID: aaa' 'RepoTags: registry.k8s.io/pause:3.10' 'RepoTags: example.org/pause:3.10' \\
  'RepoDigests: registry.k8s.io/pause@sha256:222' 'Size: 1' 'Pinned: true' '' \\
  'ID: bbb' 'RepoTags: docker.io/library/nginx:1.27' 'RepoDigests: docker.io/library/nginx@sha256:333' \\
  'RepoDigests: docker.io/library/nginx@sha256:444' 'Size: 2' '' 'ID: ccc' 'RepoDigests: x@sha256:5' 'Size: 3' ''`;
const LINES = `registry.k8s.io/pause:3.10 sha256:222 pinned
example.org/pause:3.10 sha256:222 pinned
registry.k8s.io/pause@sha256:222 sha256:222 pinned
docker.io/library/nginx:1.27 sha256:333,sha256:444 -
docker.io/library/nginx@sha256:333 sha256:333,sha256:444 -
docker.io/library/nginx@sha256:444 sha256:333,sha256:444 -
x@sha256:5 sha256:5 -
`;

for (const shell of SHELLS) {
  test(`${shell}: images are listed by all their references, with digest and pin; nothing where no CRI-O runs`, () => {
    withHost((host) => {
      host.command('crictl', SAID);
      expect(run(shell, host.inside(sh(crio.images.list)))).toEqual({ code: 0, stdout: '', stderr: '' });
      const script = host.inside(sh(crio.images.list)).replace('[ -S', '[ -n');
      expect(run(shell, script)).toEqual({ code: 0, stdout: LINES, stderr: '' });
    });
  });

  test(`${shell}: at reset what came since goes, each image once; what had a name before stays with all its names`, () => {
    withHost((host) => {
      host.command(
        'crictl',
        `case "$*" in *' rmi '*) echo "rmi \${*##* }" >> '${host.root}/removed';; *) ${SAID};; esac`,
      );
      host.write('/entry/images', 'docker.io/library/nginx:1.27\n');
      const script = host.inside(sh(crio.images.restore)).replace('[ -S', '[ -n');
      expect(run(shell, `D='${host.root}/entry'\n${script}`)).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(`${host.root}/removed`, 'utf8').trim().split('\n').sort()).toEqual([
        'rmi registry.k8s.io/pause:3.10',
        'rmi x@sha256:5',
      ]);
    });
  });

  test(`${shell}: a reference that is not there after loading is an error that names it`, () => {
    withHost((host) => {
      host.command('crictl', SAID);
      const named = (...args: string[]): ReturnType<typeof run> =>
        run(shell, host.inside(sh(crio.images.name, { args })));
      expect(named('sha256:222 pinned registry.k8s.io/pause:3.10 example.org/pause:3.10')).toMatchObject({ code: 0 });
      expect(named('- - docker.io/library/nginx:1.27')).toMatchObject({ code: 0 });
      // It came by two: as kinit brought it, and from a registry that has it in an index.
      for (const digest of ['sha256:333', 'sha256:444'])
        expect(named(`${digest} - docker.io/library/nginx:1.27`)).toMatchObject({ code: 0 });
      expect(named('sha256:44 - docker.io/library/nginx:1.27')).toMatchObject({ code: 1 });
      expect(named('sha256:999 pinned registry.k8s.io/pause:3.10')).toMatchObject({
        code: 1,
        stderr: 'the image registry.k8s.io/pause:3.10 is not there after loading (digest sha256:999)\n',
      });
    });
  });
}
