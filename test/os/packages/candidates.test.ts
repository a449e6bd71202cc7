import { expect, test } from 'vitest';
import { apt } from '../../../src/os/debian/apt/index.js';
import { dnf } from '../../../src/os/redhat/dnf/index.js';
import { packageCandidates } from '../../../src/facts/subjects/system/package-candidates.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost, type FakeHost, type Shell } from '../../resources/sh.js';

const POLICY = `one:
  Installed: 1.0-1
  Candidate: 2.0-1
  Version table:
     2.0-1 500
two:
  Installed: (none)
  Candidate: 1:3.0+dfsg-1
three:
  Installed: (none)
  Candidate: (none)
`;

function ask(host: FakeHost, shell: Shell, manager: typeof apt): Readonly<Record<string, string>> {
  const { script, values, parse } = packageCandidates(0, manager.candidates, ['one', 'two', 'three']);
  const { code, stdout, stderr } = run(shell, host.inside(sh(script, values ?? {})));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return parse(stdout);
}

for (const shell of SHELLS) {
  test(`${shell}: apt says what is there, else what would come`, () => {
    withHost((host) => {
      host.write('/policy', POLICY);
      host.command('apt-cache', `cat '${host.root}/policy'`);
      expect(ask(host, shell, apt)).toEqual({ one: '1.0-1', two: '1:3.0+dfsg-1' });
    });
  });

  test(`${shell}: rpm says what is there; a host that has none of it says nothing`, () => {
    withHost((host) => {
      host.command(
        'rpm',
        'case "$*" in *"-- one") echo 1:1.0-1.el9;; *) echo "package two is not installed"; exit 1;; esac',
      );
      host.write('/etc/yum.repos.d/base.repo', '');
      expect(ask(host, shell, dnf)).toEqual({ one: '1:1.0-1.el9' });
    });
    withHost((host) => {
      expect(ask(host, shell, dnf)).toEqual({});
    });
  });
}
