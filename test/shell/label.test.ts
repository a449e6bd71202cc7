import { expect, test } from 'vitest';
import { sh, shellScript } from '../../src/shell/script.js';
import { run, SHELLS, withHost } from '../resources/sh.js';

const MAKE = shellScript('../../src/resources/directory/make.sh', import.meta.url);

for (const shell of SHELLS)
  test(`${shell}: what is made gets its label where SELinux is on, and a host without a policy goes on`, () => {
    withHost((host) => {
      host.command('chown');
      host.command('restorecon', 'echo "no file contexts" >&2; exit 255');
      const make = (path: string): void => {
        const script = sh(MAKE, { args: [`${host.root}${path}`, 'root:root', '755', '700'] });
        expect(run(shell, host.inside(script))).toMatchObject({ code: 0, stderr: '' });
      };
      make('/one');
      expect(host.calls().filter((call) => call.startsWith('restorecon'))).toEqual([]);
      host.write('/sys/fs/selinux/enforce', '1');
      make('/two');
      make('/two');
      expect(host.calls().filter((call) => call.startsWith('restorecon'))).toEqual([`restorecon -- ${host.root}/two`]);
    });
  });
