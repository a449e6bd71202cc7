import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { user, userKind } from '../../../src/resources/user/index.js';
import { look, run, SHELLS, undoTexts, withHost } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do when user and group exist, whatever their shell`, () => {
    const r = user({ name: userInfo().username, home: '/nowhere', shell: '/bin/false' });
    expect(userKind.diff(r, { ...look(shell, userKind, r), group: true }).changed).toBe(false);
    expect(look(shell, userKind, r).user).toBe(true);
    const missing = user({ name: 'kinit-no-such-user', home: '/', shell: '/bin/false' });
    expect(look(shell, userKind, missing)).toEqual({ user: false, group: false });
  });

  test.each([
    ['nobody has changed the users since', '', 'of before'],
    ['somebody has set a password since', 'somebody:new\n', 'of that person'],
  ])(`${shell}: copies of password files: %s`, (_when, added, kept) => {
    withHost((host) => {
      const r = user({ name: 'etcd', home: '/nowhere', shell: '/bin/false' });
      const { save, restore } = undoTexts(userKind, r, { user: false, group: false });
      for (const name of ['userdel', 'groupdel']) host.command(name);
      host.command('getent', 'exit 2');
      host.write('/etc/shadow', 'root:x\n');
      host.write('/etc/shadow-', 'of before');
      expect(run(shell, host.inside(save ?? 'false'), { D: host.saved }).code).toBe(0);
      // What useradd leaves, and what a person leaves.
      host.write('/etc/shadow', `root:x\n${added}`);
      host.write('/etc/shadow-', 'of that person');
      expect(run(shell, host.inside(restore), { D: host.saved }).code).toBe(0);
      expect(host.read('/etc/shadow-')).toBe(kept);
    });
  });
}
